import { type ErrorDefinition, PenstockError } from '#shared/errors/penstock-error.ts';
import { rateErrors } from '#shared/rate-limit/errors.ts';
import { httpErrors } from './errors.ts';

/** Errors of the shard as a whole, or of us: another call would end the same way. */
const OF_THE_SHARD: readonly ErrorDefinition[] = [
  httpErrors.shardDown,
  httpErrors.unreachable,
  httpErrors.unauthorized,
  httpErrors.credentialsRefused,
  httpErrors.tokenUnusable,
  httpErrors.aborted,
  httpErrors.closed,
  httpErrors.sliceTimedOut,
  ...Object.values(rateErrors),
];

/** The endpoint does not exist where it was looked for. */
const OF_A_MISSING_ENDPOINT: readonly ErrorDefinition[] = [
  httpErrors.notFound,
  httpErrors.methodNotAllowed,
  httpErrors.notImplemented,
];

const OF_A_REMOVED_ENTITY: readonly ErrorDefinition[] = [httpErrors.notFound, httpErrors.gone];

const isOneOf = (error: unknown, definitions: readonly ErrorDefinition[]): error is PenstockError =>
  error instanceof PenstockError && definitions.some((definition) => definition.code === error.code);

/** Whether a failed call fails its slice, however else the rows could be had. */
export function failsSlice(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || !(error instanceof PenstockError) || isOneOf(error, OF_THE_SHARD);
}

/** Whether an endpoint is not there at all, so that it need not be tried again soon. */
export function isMissingEndpoint(error: unknown): boolean {
  return isOneOf(error, OF_A_MISSING_ENDPOINT);
}

/** Whether an entity has been removed at the source: no error of the read. */
export function isRemovedEntity(error: unknown): boolean {
  return isOneOf(error, OF_A_REMOVED_ENTITY);
}
