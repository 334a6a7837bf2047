import { defineErrors } from '#shared/errors/define-errors.ts';

export const runErrors = defineErrors({
  unknownPart: {
    code: 'RUN_UNKNOWN_PART',
    retry: 'terminal',
    actor: 'operator',
    what: 'the pipeline has no such stream or schedule',
    now: 'Use one of the names listed.',
  },
  nothingToRetry: {
    code: 'RUN_NOTHING_TO_RETRY',
    retry: 'terminal',
    actor: 'operator',
    what: 'only a run that ended partial, failed or cancelled is retried',
    now: 'Wait for its end, or ask for a new run with `penstock run`.',
  },
  notFound: {
    code: 'RUN_NOT_FOUND',
    retry: 'terminal',
    actor: 'operator',
    what: 'there is no run with this id',
    now: 'List the runs with `penstock runs`.',
  },
});
