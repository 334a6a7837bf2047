import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { type S3FaultKind, s3FaultOf } from '#shared/s3/s3-fault.ts';
import { landingErrors } from '../errors.ts';
import { classifyFileError } from '../local/classify-file-error.ts';

const BY_KIND: Readonly<Record<S3FaultKind, keyof typeof landingErrors>> = {
  missing: 'objectMissing',
  // Where a precondition may fail the call looks for itself what stands there; elsewhere somebody else was faster.
  precondition: 'busy',
  'no-bucket': 'bucketMissing',
  clash: 'keyClashes',
  denied: 'forbidden',
  busy: 'busy',
  damaged: 'damaged',
  full: 'full',
  unreachable: 'unreachable',
  unknown: 'failed',
};

/**
 * Turns what a call threw into a classified error; what is classified already passes through. What the server says in words
 * stays behind: it may hold keys and parts of a signature.
 */
export function classifyS3Error(error: unknown, facts: Facts): unknown {
  if (error instanceof PenstockError) return error;
  const fault = s3FaultOf(error);
  if (fault === undefined) return classifyFileError(error, facts, landingErrors.localFileMissing);
  const status = fault.status === undefined ? {} : { status: fault.status };
  return new PenstockError(landingErrors[BY_KIND[fault.kind]], { ...facts, s3: fault.code, ...status });
}

/** Runs calls to the server; after an abort the signal's reason is thrown, whatever the calls say. */
export async function classified<T>(facts: Facts, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw classifyS3Error(error, facts);
  }
}
