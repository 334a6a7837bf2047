import { PenstockError } from '#shared/errors/penstock-error.ts';
import { stackFrames } from '#shared/errors/stack-frames.ts';
import { cleanText } from './clean-text.ts';

const MAX_MESSAGE_CHARS = 2000;
const MAX_FRAMES = 12;

/**
 * The error as it may be stored with a job: the message of a PenstockError, but only name and code of
 * any other, since a driver's message may quote row values. Stack frames are kept, the text is cleaned.
 */
export function recordedFailure(error: unknown): Error {
  const failure = new Error(messageOf(error));
  failure.stack = [failure.message, ...stackFrames(error, MAX_FRAMES).map(cleanText)].join('\n');
  return failure;
}

function messageOf(error: unknown): string {
  if (error instanceof PenstockError)
    return cleanText(`${error.code}: ${error.message}`).slice(0, MAX_MESSAGE_CHARS).toWellFormed();
  if (!(error instanceof Error)) return `a value of type ${typeof error} was thrown`;
  const code = codeOf(error);
  return cleanText(
    `${error.name}${code === undefined ? '' : ` ${code}`} (message withheld: it may quote data)`,
  );
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/i.test(code) ? code : undefined;
}
