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
});
