import { PenstockError } from '#shared/errors/penstock-error.ts';

/** Whether an error says something of the model or test itself. A lost or cancelled server does not: the work is repeated, not judged. */
export const isVerdict = (error: unknown): error is PenstockError =>
  error instanceof PenstockError && error.retry !== 'retryable';
