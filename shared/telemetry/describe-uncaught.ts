import { stackFrames } from '#shared/errors/stack-frames.ts';
import { describeError } from './describe-error.ts';

/** What is written of an error that nobody caught: what it is and where it was thrown, never what it said. */
export function describeUncaught(error: unknown): string {
  const { code, message } = describeError(error);
  return [`${code}: ${message} (uncaught)`, ...stackFrames(error)].join('\n');
}
