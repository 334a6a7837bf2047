import { defineErrors } from '#shared/errors/define-errors.ts';

export const rateErrors = defineErrors({
  storeUnreachable: {
    code: 'RATE_STORE_UNREACHABLE',
    retry: 'retryable',
    actor: 'operator',
    what: 'the server that keeps the rate limits did not answer, so no call may be made',
    now: 'Check Redis or the PostgreSQL server; the work is repeated.',
  },
  storeRefused: {
    code: 'RATE_STORE_REFUSED',
    retry: 'terminal',
    actor: 'operator',
    what: 'the server that keeps the rate limits refuses to count',
    now: 'Migrate the ledger, or grant access to the table ops.rate_buckets or to EVAL, GET and SET on Redis.',
  },
  bucketInvalid: {
    code: 'RATE_BUCKET_INVALID',
    retry: 'terminal',
    actor: 'author',
    what: 'a rate limit is declared with a key, rate or burst that no bucket can have',
    now: 'Declare a rate above 0 a second and a whole burst of at least 1.',
  },
  closed: {
    code: 'RATE_BUCKETS_CLOSED',
    retry: 'retryable',
    actor: 'us',
    what: 'the process stopped while a call waited for its turn',
    now: 'Nothing was called; the work is repeated.',
  },
});
