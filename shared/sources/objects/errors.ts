import { defineErrors } from '#shared/errors/define-errors.ts';

export const objectErrors = defineErrors({
  broken: {
    code: 'OBJECT_BROKEN',
    retry: 'terminal',
    actor: 'operator',
    what: 'an object of a bucket cannot be read as what it should be',
    now: 'Look at the object under its key and ETag; a corrected one under the same key is read by the next run.',
  },
  changed: {
    code: 'OBJECT_CHANGED',
    retry: 'retryable',
    actor: 'operator',
    what: 'an object was replaced or removed after it had been listed',
    now: 'The next listing shows what stands there now; nothing of the old one was taken.',
  },
  unreachable: {
    code: 'OBJECTS_UNREACHABLE',
    retry: 'retryable',
    actor: 'operator',
    what: 'the server of a bucket cannot be reached, asks for a pause, or cut the connection',
    now: 'The work is tried again; check the server and the network to it.',
  },
  forbidden: {
    code: 'OBJECTS_FORBIDDEN',
    retry: 'unknown',
    actor: 'operator',
    what: 'a bucket refuses to be read',
    now: 'Check key, secret, policy (ListBucket, GetObject), region and clock; `s3` is the server’s word for it.',
  },
  bucketMissing: {
    code: 'OBJECTS_BUCKET_MISSING',
    retry: 'unknown',
    actor: 'operator',
    what: 'the bucket of a source does not exist',
    now: 'Correct PENSTOCK_SOURCE_<connection>_URL, or create the bucket.',
  },
  failed: {
    code: 'OBJECTS_FAILED',
    retry: 'unknown',
    actor: 'operator',
    what: 'the server of a bucket failed in a way we do not know',
    now: 'Look up the server’s code.',
  },
});
