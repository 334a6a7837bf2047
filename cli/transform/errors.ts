import { defineErrors } from '#shared/errors/define-errors.ts';

/** What can be wrong with a transform command beside the project itself. */
export const transformErrors = defineErrors({
  noTarget: {
    code: 'TRANSFORM_NO_TARGET',
    retry: 'terminal',
    actor: 'operator',
    what: 'Nothing says which database the project is built in',
    now: 'Add a profiles.yml, or set PENSTOCK_WAREHOUSE_URL or --warehouse-url',
  },
  cannotRetry: {
    code: 'TRANSFORM_CANNOT_RETRY',
    retry: 'terminal',
    actor: 'operator',
    what: 'There is no earlier invocation of nodes to take up',
    now: 'Run build, run, test, seed or snapshot first, or name the folder of its run_results.json with --state',
  },
  notOneNode: {
    code: 'TRANSFORM_NOT_ONE_NODE',
    retry: 'terminal',
    actor: 'operator',
    what: 'The selection must mean exactly one model, seed or snapshot',
    now: 'Narrow --select, or give a query with --inline',
  },
});
