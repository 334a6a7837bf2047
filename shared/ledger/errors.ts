import { defineErrors } from '#shared/errors/define-errors.ts';

/** Errors of the ledger. */
export const ledgerErrors = defineErrors({
  superseded: {
    code: 'LEDGER_SUPERSEDED_ATTEMPT',
    retry: 'terminal',
    actor: 'us',
    what: 'this attempt no longer owns its task, and changed nothing',
    now: 'Stop the work; the current attempt goes on.',
  },
  batchSuperseded: {
    code: 'LEDGER_BATCH_SUPERSEDED',
    retry: 'retryable',
    actor: 'us',
    what: 'a slice of a batch belongs to another attempt by now, so nothing of the batch was landed',
    now: 'Nothing: the batch is written again without it.',
  },
  schemaOlder: {
    code: 'LEDGER_SCHEMA_OLDER',
    retry: 'terminal',
    actor: 'operator',
    what: 'the ledger is older than this service',
    now: 'Run `penstock migrate`, then start again.',
  },
  schemaNewer: {
    code: 'LEDGER_SCHEMA_NEWER',
    retry: 'terminal',
    actor: 'operator',
    what: 'this service is older than the ledger',
    now: 'Upgrade this service; the ledger is never taken back.',
  },
  illegalMove: {
    code: 'LEDGER_ILLEGAL_MOVE',
    retry: 'terminal',
    actor: 'us',
    what: 'the ledger refused a change of state',
    now: 'Look at the rule named here; nothing was changed.',
  },
  notFound: {
    code: 'LEDGER_NOT_FOUND',
    retry: 'terminal',
    actor: 'operator',
    what: 'the ledger has no such row',
    now: 'Check the id; retention may have purged it.',
  },
  runHasOpenTasks: {
    code: 'LEDGER_RUN_HAS_OPEN_TASKS',
    retry: 'terminal',
    actor: 'us',
    what: 'a run with open tasks cannot be closed',
    now: 'Close it when its tasks are final.',
  },
  runSlotTaken: {
    code: 'LEDGER_RUN_SLOT_TAKEN',
    retry: 'retryable',
    actor: 'operator',
    what: 'another run of this schedule is open',
    now: 'Retry when it has ended.',
  },
});
