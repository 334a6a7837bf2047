import { defineErrors } from '#shared/errors/define-errors.ts';

export const warehouseErrors = defineErrors({
  urlInvalid: {
    code: 'WAREHOUSE_URL_INVALID',
    retry: 'terminal',
    actor: 'operator',
    what: 'the warehouse is configured with a URL no adapter takes',
    now: 'Use postgresql://user@host/database.',
  },
  lockBlocked: {
    code: 'WAREHOUSE_LOCK_BLOCKED',
    retry: 'retryable',
    actor: 'operator',
    what: 'a relation stayed locked by readers for as long as we were willing to try',
    now: 'Look for long transactions on it in pg_stat_activity; the work is tried again.',
  },
  stableHasDependents: {
    code: 'WAREHOUSE_STABLE_HAS_DEPENDENTS',
    retry: 'terminal',
    actor: 'operator',
    what: 'columns of a stable temp relation changed, and views of others read it',
    now: 'Drop these views and create them again after the load; they are never dropped by the engine.',
  },
  stableIsForeign: {
    code: 'WAREHOUSE_STABLE_IS_FOREIGN',
    retry: 'terminal',
    actor: 'operator',
    what: 'something other than a view stands under the name of a stable temp relation',
    now: 'Rename or drop it; the temp schema belongs to the engine.',
  },
  tableInUse: {
    code: 'WAREHOUSE_TABLE_IN_USE',
    retry: 'terminal',
    actor: 'us',
    what: 'a temp table is still read by a view',
    now: 'It can be dropped after the stable relation has moved on.',
  },
  tableMissing: {
    code: 'WAREHOUSE_TABLE_MISSING',
    retry: 'retryable',
    actor: 'us',
    what: 'a hashed temp table is not there any more',
    now: 'Load it again from its files.',
  },
});
