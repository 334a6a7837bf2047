import { defineErrors } from '#shared/errors/define-errors.ts';

export const taskErrors = defineErrors({
  leaseLost: {
    code: 'TASK_LEASE_LOST',
    retry: 'terminal',
    actor: 'us',
    what: 'the task went to another attempt or its run was cancelled',
    now: 'Nothing: the newer attempt goes on.',
  },
  draining: {
    code: 'TASK_DRAINING',
    retry: 'retryable',
    actor: 'us',
    what: 'the process is shutting down',
    now: 'Nothing: another process takes the task up.',
  },
  unknownPart: {
    code: 'TASK_UNKNOWN_PART',
    retry: 'terminal',
    actor: 'author',
    what: 'the task names a pipeline or stream that this process does not know',
    now: 'Deploy the same pipelines to every service, or cancel the run.',
  },
});
