import type pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { CopyOut } from './copy-out.ts';
import { sourceErrors } from './errors.ts';
import { connect } from './pg-sessions.ts';
import type { CursorRange } from './plan-window.ts';
import { readSummary, type SourceSummary } from './source-summary.ts';
import { toSourceError } from './to-source-error.ts';
import { columnsOf, copyText, type SourceStream } from './window-query.ts';

export interface ReadWindowOptions {
  readonly stream: SourceStream;
  /** A {@link WindowPlan}, made from a bound that was read before this call. */
  readonly window: CursorRange;
  readonly signal?: AbortSignal;
  /** For the COPY as a whole, default 6 hours. */
  readonly timeoutMs?: number;
}

/** A window being read in one snapshot. */
export interface WindowRead {
  /** Names of the CSV's columns, in order; the last is `_cursor`. */
  readonly columns: readonly string[];
  /** Position of the source's log when the snapshot was taken: 16 lower-case hex digits. */
  readonly ordinal: string;
  /** The rows as CSV without header. Ends only when the server has confirmed the whole; counts rows. */
  readonly stream: CopyOut;
  /** Counts and sums of the same snapshot; only after the stream has ended. */
  summary(): Promise<SourceSummary>;
  /** Ends the transaction; an unfinished COPY is stopped at the server. Always to be called; repeatable. */
  close(): Promise<void>;
}

const SIX_HOURS_MS = 6 * 3_600_000;

/** Asked here too: a proxy or a failover may have led this connection to another server than the bound's. */
const ORDINAL = `
  SELECT pg_is_in_recovery() AS in_recovery, pg_backend_pid() AS pid,
         CASE WHEN NOT pg_is_in_recovery()
              THEN lpad(to_hex((pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint), 16, '0') END AS ordinal`;

interface Snapshot {
  readonly in_recovery: boolean;
  readonly pid: number;
  readonly ordinal: string | null;
}

/**
 * Begins a read-only snapshot and starts the COPY of a window in it.
 *
 * @throws SOURCE_READ_ABORTED when `signal` fires (the stream fails with it too), or the connection's errors.
 */
export async function readWindow(pool: pg.Pool, options: ReadWindowOptions): Promise<WindowRead> {
  const { stream, window, signal } = options;
  if (signal?.aborted) throw new PenstockError(sourceErrors.aborted);
  const client = await connect(pool);
  try {
    const { ordinal, pid } = await beginSnapshot(client, options.timeoutMs ?? SIX_HOURS_MS);
    const copy = client.query(new CopyOut(copyText(stream, window)));
    const abort = (): void => void copy.destroy(new PenstockError(sourceErrors.aborted));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const close = closer(pool, client, pid, copy, () => signal?.removeEventListener('abort', abort));
    return {
      columns: columnsOf(stream),
      ordinal,
      stream: copy,
      summary: () => readSummary(client, stream, window),
      close,
    };
  } catch (error) {
    client.release(true);
    throw toSourceError(error);
  }
}

async function beginSnapshot(
  client: pg.PoolClient,
  timeoutMs: number,
): Promise<{ ordinal: string; pid: number }> {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
  const { rows } = await client.query<Snapshot>(ORDINAL);
  const [row] = rows;
  if (row?.in_recovery) throw new PenstockError(sourceErrors.standby);
  if (!row?.ordinal) throw new PenstockError(sourceErrors.interrupted, { statement: 'snapshot' });
  return { ordinal: row.ordinal, pid: row.pid };
}

/** A session whose COPY did not end is thrown away, and the server is told to stop it at once. */
function closer(
  pool: pg.Pool,
  client: pg.PoolClient,
  pid: number,
  copy: CopyOut,
  forget: () => void,
): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    forget();
    if (copy.confirmed) {
      const ended = await client.query('ROLLBACK').then(
        () => true,
        () => false,
      );
      return client.release(!ended);
    }
    copy.destroy(new PenstockError(sourceErrors.aborted));
    client.release(true);
    // Best effort: a COPY that is sorting or waiting notices the closed socket only when it next sends a row.
    await pool.query('SELECT pg_terminate_backend($1)', [pid]).catch(() => {});
  };
  return () => {
    closing ??= close();
    return closing;
  };
}
