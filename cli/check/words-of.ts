import { describeError } from '#shared/telemetry/describe-error.ts';

/** A problem in words: the error's code and its own message, which says what to do. */
export function wordsOf(error: unknown): string {
  const { code, message } = describeError(error);
  return `${code}: ${message}`;
}
