import { defineErrors } from '#shared/errors/define-errors.ts';

/** What can be wrong with a profile. Facts never hold a password, a token or any other value of an output. */
export const profileErrors = defineErrors({
  profileInvalid: {
    code: 'PROFILE_INVALID',
    retry: 'terminal',
    actor: 'operator',
    what: 'The profile cannot be used',
    now: 'Correct every line listed; nothing was connected',
  },
  profileUnsupported: {
    code: 'PROFILE_TYPE_UNSUPPORTED',
    retry: 'terminal',
    actor: 'operator',
    what: 'There is no connection for this type of warehouse',
    now: 'Use a target of type postgres; other targets can be parsed and listed only',
  },
});
