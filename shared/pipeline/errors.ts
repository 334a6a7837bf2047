import { defineErrors } from '#shared/errors/define-errors.ts';

/** Errors of declarations. */
export const contractErrors = defineErrors({
  invalid: {
    code: 'CONTRACT_INVALID',
    retry: 'terminal',
    actor: 'author',
    what: 'A contract is wrong',
    now: 'Correct every problem listed in the declaration.',
  },
  projection: {
    code: 'CONTRACT_PROJECTION',
    retry: 'terminal',
    actor: 'author',
    what: 'A stream does not say rightly where its contract’s values stand',
    now: 'Correct every problem listed in the stream’s map, drop, entity and eventTime.',
  },
  hashKey: {
    code: 'CONTRACT_HASH_KEY',
    retry: 'terminal',
    actor: 'operator',
    what: 'A contract hashes values, and the source has no key for it that is long enough',
    now: 'Configure PENSTOCK_HASH_KEY_<name> of the source’s hashKey, and keep it: another key makes other hashes.',
  },
});
