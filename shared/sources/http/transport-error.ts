import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';

/** Codes by which a connection was never made: nobody would have been served. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|SSL|TLS/;

/**
 * Turns what undici or zlib threw into a {@link PenstockError}; one passes unchanged. Only the code is kept: messages and fields
 * may quote headers or bodies.
 *
 * @param signal of the call: its reason wins over whatever the abort looks like from below.
 */
export function toCallError(error: unknown, facts: Facts, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof PenstockError) return error;
  const code = codeOf(error);
  if (code.startsWith('Z_')) return new PenstockError(httpErrors.malformed, { ...facts, reason: code });
  const never = NEVER_CONNECTED.has(code) || CERTIFICATE.test(code);
  return new PenstockError(never ? httpErrors.unreachable : httpErrors.broken, { ...facts, reason: code });
}

/** The innermost constant that names the failure, e.g. `ECONNRESET`; where there is none, the kind of error. */
function codeOf(error: unknown): string {
  return constantIn(error) ?? (error instanceof Error ? error.constructor.name : typeof error);
}

function constantIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = constantIn(error instanceof AggregateError ? error.errors[0] : error.cause);
  const code = 'code' in error ? error.code : undefined;
  return inner ?? (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined);
}
