import { type ErrorDefinition, type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';

const BY_STATUS: Readonly<Record<number, ErrorDefinition>> = {
  401: httpErrors.unauthorized,
  403: httpErrors.forbidden,
  404: httpErrors.notFound,
  405: httpErrors.methodNotAllowed,
  408: httpErrors.timedOut,
  410: httpErrors.gone,
  425: httpErrors.serverError,
  429: httpErrors.rateLimited,
  501: httpErrors.notImplemented,
};

/**
 * The error of an answer that is not 2xx; undefined for one that is.
 *
 * @param retryAfterMs what the answer asked for; kept as a fact, for whoever repeats the call.
 */
export function statusError(
  status: number,
  facts: Facts,
  retryAfterMs: number | null,
): PenstockError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const asked = retryAfterMs === null ? {} : { retryAfterMs };
  return new PenstockError(BY_STATUS[status] ?? ofClass(status), { ...facts, status, ...asked });
}

function ofClass(status: number): ErrorDefinition {
  if (status >= 500) return httpErrors.serverError;
  if (status >= 400) return httpErrors.badRequest;
  return status >= 300 ? httpErrors.redirected : httpErrors.unexpectedStatus;
}
