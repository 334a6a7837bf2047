import { defineErrors } from '#shared/errors/define-errors.ts';

export const runErrors = defineErrors({
  unknownPart: {
    code: 'RUN_UNKNOWN_PART',
    retry: 'terminal',
    actor: 'operator',
    what: 'the pipeline has no such stream or schedule',
    now: 'Use one of the names listed.',
  },
  notFound: {
    code: 'RUN_NOT_FOUND',
    retry: 'terminal',
    actor: 'operator',
    what: 'there is no run with this id',
    now: 'List the runs with `penstock runs`.',
  },
});
