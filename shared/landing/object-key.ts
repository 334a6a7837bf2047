import { PenstockError } from '#shared/errors/penstock-error.ts';
import { landingErrors } from './errors.ts';

/** S3's and Google's limit of a whole key, and the limit of a file name on Linux and macOS, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;

/**
 * Accepts the keys that every store can hold and no store can be led astray by.
 *
 * Segments are separated by `/`; none is empty or begins with a dot (which excludes `.`, `..` and the local
 * store's own folder). Control characters, backslashes and lone surrogates are refused. A key must not be a
 * folder of another key: a local store answers that with LANDING_KEY_CLASHES.
 *
 * @throws LANDING_KEY_INVALID naming the rule, not the key: a hostile key does not belong in a log.
 */
export function assertObjectKey(key: string): void {
  const problem = problemOf(key);
  if (problem !== undefined) throw new PenstockError(landingErrors.keyInvalid, { rule: problem });
}

/** True for the keys that {@link assertObjectKey} accepts. */
export const isObjectKey = (key: string): boolean => problemOf(key) === undefined;

function problemOf(key: string): string | undefined {
  if (key.length === 0) return 'empty';
  if (!key.isWellFormed()) return 'lone surrogate';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `over ${MAX_KEY_BYTES} bytes`;
  if (/[\p{Cc}\\]/u.test(key)) return 'control character or backslash';
  for (const segment of key.split('/')) {
    if (segment === '') return 'empty segment';
    if (segment.startsWith('.')) return 'segment begins with a dot';
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return `segment over ${MAX_SEGMENT_BYTES} bytes`;
  }
  return undefined;
}

/** Order of keys in every store: bytewise in UTF-8, which is not the order of JavaScript's strings. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
