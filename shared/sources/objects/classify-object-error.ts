import { type ErrorDefinition, PenstockError } from '#shared/errors/penstock-error.ts';
import { type S3FaultKind, s3FaultOf } from '#shared/s3/s3-fault.ts';
import { BrokenObject } from './broken-object.ts';
import { objectErrors } from './errors.ts';
import { type FoundObject, factsOfObject } from './found-object.ts';

const BY_KIND: Readonly<Record<S3FaultKind, ErrorDefinition>> = {
  missing: objectErrors.changed,
  precondition: objectErrors.changed,
  'no-bucket': objectErrors.bucketMissing,
  clash: objectErrors.failed,
  denied: objectErrors.forbidden,
  busy: objectErrors.unreachable,
  damaged: objectErrors.unreachable,
  full: objectErrors.failed,
  unreachable: objectErrors.unreachable,
  unknown: objectErrors.failed,
};

/** Of an object in Glacier and the like that was not restored. */
const ARCHIVED = 'InvalidObjectState';

/** What went wrong with one object, classified; what is classified already, or nobody's fault, passes through. */
export function classifyObjectError(error: unknown, object: FoundObject): unknown {
  if (error instanceof BrokenObject) return brokenError(error, object);
  const fault = s3FaultOf(error);
  if (fault?.code === ARCHIVED) return brokenError(new BrokenObject('archived'), object);
  if (fault === undefined) return error;
  const facts = { ...factsOfObject(object), s3: fault.code };
  return new PenstockError(BY_KIND[fault.kind], facts);
}

/** What went wrong with a bucket as a whole. */
export function classifyBucketError(error: unknown, bucket: string): unknown {
  const fault = s3FaultOf(error);
  if (fault === undefined) return error;
  return new PenstockError(BY_KIND[fault.kind], { bucket, s3: fault.code });
}

function brokenError({ problem, row }: BrokenObject, object: FoundObject): PenstockError {
  const facts = { ...factsOfObject(object), problem, ...(row === undefined ? {} : { row }) };
  return new PenstockError(objectErrors.broken, facts);
}
