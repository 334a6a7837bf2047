import { defineErrors } from '#shared/errors/define-errors.ts';

export const extractorErrors = defineErrors({
  tooManyRejects: {
    code: 'EXTRACT_TOO_MANY_REJECTS',
    retry: 'terminal',
    actor: 'author',
    what: 'more rows of a slice break its contract than maxRejectedRatio allows, so nothing of it was landed',
    now: 'Look at the columns named, then correct the source or the contract and run the slice again.',
  },
  noHashKey: {
    code: 'EXTRACT_NO_HASH_KEY',
    retry: 'terminal',
    actor: 'operator',
    what: 'a source hashes fields and has no key configured',
    now: 'Set the variable named for every extractor, the same for all.',
  },
  noConnection: {
    code: 'EXTRACT_NO_CONNECTION',
    retry: 'terminal',
    actor: 'operator',
    what: 'a source has no connection configured',
    now: 'Set the variable named for every extractor.',
  },
});
