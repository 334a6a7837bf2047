import { type ErrorDefinition, type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { landingErrors } from '../errors.ts';

const BY_ERRNO: Readonly<Record<string, keyof typeof landingErrors>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EMLINK: 'full',
  EROFS: 'readOnly',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ENOTSUP: 'forbidden',
  ENOTDIR: 'keyClashes',
  EISDIR: 'keyClashes',
  EMFILE: 'busy',
  ENFILE: 'busy',
  ENOMEM: 'busy',
  EAGAIN: 'busy',
  ENAMETOOLONG: 'keyInvalid',
};

/** The errno name of a file system error, undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const isSystemError = error instanceof Error && 'errno' in error && 'code' in error;
  return isSystemError && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Turns a file system error into a classified one; what is classified already, or an abort, passes through.
 *
 * @param whenGone what a missing file means here; without it, that the object is missing.
 */
export function classifyFileError(
  error: unknown,
  facts: Facts,
  whenGone: ErrorDefinition = landingErrors.objectMissing,
): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const definition = errno === 'ENOENT' ? whenGone : landingErrors[BY_ERRNO[errno] ?? 'failed'];
  return new PenstockError(definition, { ...facts, errno }, { cause: error });
}

/** Runs file system work; see {@link classifyFileError}. */
export async function classified<T>(
  facts: Facts,
  work: () => Promise<T>,
  whenGone?: ErrorDefinition,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw classifyFileError(error, facts, whenGone);
  }
}
