import { defineErrors } from '#shared/errors/define-errors.ts';

/** Everything that can go wrong with a template. All are the author's to mend, so none is worth a retry. */
export const templateErrors = defineErrors({
  syntax: {
    code: 'TEMPLATE_SYNTAX',
    retry: 'terminal',
    actor: 'author',
    what: 'A template could not be parsed',
    now: 'Correct the template at the place named',
  },
  type: {
    code: 'TEMPLATE_TYPE',
    retry: 'terminal',
    actor: 'author',
    what: 'A template used a value in a way its type does not allow',
    now: 'Correct the expression at the place named',
  },
  value: {
    code: 'TEMPLATE_VALUE',
    retry: 'terminal',
    actor: 'author',
    what: 'A template passed a value that is not acceptable',
    now: 'Correct the expression at the place named',
  },
  undefined: {
    code: 'TEMPLATE_UNDEFINED',
    retry: 'terminal',
    actor: 'author',
    what: 'A template used something that is not defined',
    now: 'Define it, or guard its use with `is defined` or `default`',
  },
  limit: {
    code: 'TEMPLATE_LIMIT',
    retry: 'terminal',
    actor: 'author',
    what: 'A template went past a limit of the engine',
    now: 'Look for an endless loop or recursion, or make the template do less',
  },
  raised: {
    code: 'TEMPLATE_RAISED',
    retry: 'terminal',
    actor: 'author',
    what: 'A template raised an error on purpose',
    now: 'Act on the message',
  },
  callFailed: {
    code: 'TEMPLATE_CALL_FAILED',
    retry: 'unknown',
    actor: 'author',
    what: 'A function called by a template failed',
    now: 'See the cause',
  },
  notFound: {
    code: 'TEMPLATE_NOT_FOUND',
    retry: 'terminal',
    actor: 'author',
    what: 'A template that another one names does not exist',
    now: 'Correct the name, or add the template',
  },
});

/** Local name of a template error. */
export type TemplateErrorKind = keyof typeof templateErrors;
