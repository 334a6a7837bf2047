import { defineErrors } from '#shared/errors/define-errors.ts';

export const s3Errors = defineErrors({
  urlInvalid: {
    code: 'S3_URL_INVALID',
    retry: 'terminal',
    actor: 'operator',
    what: 'the URL of a bucket cannot be used',
    now: 'Write s3://key:secret@host[:port]/bucket[/prefix]?region=…&tls=true, key and secret percent-encoded.',
  },
  listingLoops: {
    code: 'S3_LISTING_LOOPS',
    retry: 'unknown',
    actor: 'operator',
    what: 'the S3 server repeats a page of its listing',
    now: 'Look for a newer version of the server, or for a proxy that caches answers.',
  },
});
