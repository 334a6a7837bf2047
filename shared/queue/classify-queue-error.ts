import { PenstockError } from '#shared/errors/penstock-error.ts';
import { queueErrors } from './errors.ts';

const CUT_SQLSTATES = new Set(['57P01', '57P02', '57P03', '57P05', '53300']);
const CUT_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const CUT_MESSAGES =
  /connection (is closed|terminated|ended)|timeout exceeded when trying to connect|query read timeout|command timed out|stream isn't writeable|max ?retries per request|socket closed|^LOADING |client has encountered a connection error/i;

/** True when the error says that the connection broke or the server does not answer, not that it refused. */
export function isConnectionCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined && (CUT_CODES.has(code) || CUT_SQLSTATES.has(code) || code.startsWith('08')))
    return true;
  if (error instanceof AggregateError) return error.errors.some(isConnectionCut);
  return CUT_MESSAGES.test(error.message) || isConnectionCut(error.cause);
}

/** Puts any error of bullmq, ioredis or pg into the catalogue; PenstockErrors pass unchanged. */
export function classifyQueueError(error: unknown, operation: string): PenstockError {
  if (error instanceof PenstockError) return error;
  const code = error instanceof Error ? codeOf(error) : undefined;
  const facts = { operation, ...(code === undefined ? {} : { code }) };
  return new PenstockError(definitionOf(error, code), facts, { cause: error });
}

function definitionOf(error: unknown, code: string | undefined) {
  const text = error instanceof Error ? `${error.name} ${error.message}` : '';
  if (isConnectionCut(error)) return queueErrors.unreachable;
  // 3F000, 42P01: the schema or its ledger table is not there.
  if (text.startsWith('SchemaMigrationRequiredError') || code === '3F000' || code === '42P01')
    return queueErrors.notMigrated;
  if (text.startsWith('SchemaVersionMismatchError')) return queueErrors.newerSchema;
  if (/\bOOM command not allowed/.test(text) || code === '53100' || code === '53200')
    return queueErrors.serverFull;
  if (/\b(NOAUTH|WRONGPASS|NOPERM)\b/.test(text) || code === '42501' || code?.startsWith('28') === true)
    return queueErrors.denied;
  if (/could not renew lock|Missing (lock|key) for job/.test(text)) return queueErrors.lockLost;
  return queueErrors.failed;
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
