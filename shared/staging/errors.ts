import { defineErrors } from '#shared/errors/define-errors.ts';

export const stagingErrors = defineErrors({
  rowsDiffer: {
    code: 'STAGING_ROWS_DIFFER',
    retry: 'retryable',
    actor: 'us',
    what: 'a file brought another number of rows into the temp table than the ledger recorded',
    now: 'Nothing was merged; the load is repeated.',
  },
});
