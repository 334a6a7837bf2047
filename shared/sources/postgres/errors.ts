import { defineErrors } from '#shared/errors/define-errors.ts';

/** Errors of the PostgreSQL source. Facts are names, pids and counts; never a row's value. */
export const sourceErrors = defineErrors({
  unreachable: {
    code: 'SOURCE_UNREACHABLE',
    retry: 'retryable',
    actor: 'operator',
    what: 'The source database did not answer',
    now: 'Check that it runs and that the connection settings are right; the next attempt starts by itself',
  },
  interrupted: {
    code: 'SOURCE_INTERRUPTED',
    retry: 'retryable',
    actor: 'operator',
    what: 'The source ended a statement before it was done',
    now: 'Nothing was landed from it; the next attempt starts by itself',
  },
  aborted: {
    code: 'SOURCE_READ_ABORTED',
    retry: 'retryable',
    actor: 'us',
    what: 'The read was stopped before its end',
    now: 'Nothing was landed from it; the task runs again',
  },
  refused: {
    code: 'SOURCE_STATEMENT_REFUSED',
    retry: 'terminal',
    actor: 'author',
    what: 'The source refused a statement of this stream',
    now: 'Compare the stream with the table by `penstock check`; the SQLSTATE says what the server objected to',
  },
  lacksPrivilege: {
    code: 'SOURCE_LACKS_PG_READ_ALL_STATS',
    retry: 'terminal',
    actor: 'operator',
    what: 'The source role cannot see the transactions of other roles, so no safe bound can be read',
    now: 'Run the statement in `grant` on the source as a superuser',
  },
  standby: {
    code: 'SOURCE_IS_STANDBY',
    retry: 'terminal',
    actor: 'operator',
    what: 'The source is a standby, which does not show the transactions open on its primary',
    now: 'Connect to the primary; reading from a standby is refused',
  },
  hiddenActivity: {
    code: 'SOURCE_HIDES_ACTIVITY',
    retry: 'retryable',
    actor: 'operator',
    what: 'A backend of the source publishes no transaction start (track_activities is off)',
    now: 'Set track_activities = on for every role and database of the source, and end that session',
  },
  preparedOnFirstRun: {
    code: 'SOURCE_PREPARED_TRANSACTION_WAITS',
    retry: 'retryable',
    actor: 'operator',
    what: 'A prepared transaction existed before the first bound was read, so its start is unknown',
    now: 'Commit or roll back the transaction named in `gid`; the first run waits for it',
  },
  unsafeCursor: {
    code: 'SOURCE_CURSOR_UNSAFE',
    retry: 'terminal',
    actor: 'author',
    what: 'The declared cursor could skip rows',
    now: 'Change the declaration as `problems` says',
  },
  cursorOutOfRange: {
    code: 'SOURCE_CURSOR_OUT_OF_RANGE',
    retry: 'terminal',
    actor: 'us',
    what: 'A window limit lies outside the years 1 to 9999',
    now: 'Look at the watermark of this slice in the ledger; it was not written by a window',
  },
  misframed: {
    code: 'SOURCE_COPY_MISFRAMED',
    retry: 'terminal',
    actor: 'us',
    what: 'The server did not send one message per row of COPY, so files cannot be cut safely',
    now: 'Connect to PostgreSQL directly, without the proxy in between',
  },
});
