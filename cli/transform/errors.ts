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
  notOneNode: {
    code: 'TRANSFORM_NOT_ONE_NODE',
    retry: 'terminal',
    actor: 'operator',
    what: 'The selection must mean exactly one model, seed or snapshot',
    now: 'Narrow --select, or give a query with --inline',
  },
});
