import { defineErrors } from '#shared/errors/define-errors.ts';

export const httpErrors = defineErrors({
  port: {
    code: 'HTTP_PORT',
    retry: 'terminal',
    actor: 'operator',
    what: 'the HTTP side could not listen',
    now: 'Free the port, or set PENSTOCK_HTTP_PORT to another.',
  },
});
