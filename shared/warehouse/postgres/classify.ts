import { type Facts, isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { postgresErrors, sqlstateOf, toPostgresError } from '#shared/errors/postgres-error.ts';

/** Classifies what the server or the way to it answered; an error of the caller's own passes unchanged. */
export function classifyServerError(error: unknown, facts: Facts = {}): unknown {
  if (error instanceof PenstockError) return error;
  const classified = toPostgresError(error, facts);
  const isServers = sqlstateOf(error) !== undefined || isError(classified, postgresErrors.unavailable);
  return isServers ? classified : error;
}

/** Runs statements outside a transaction; see {@link classifyServerError}. */
export async function classified<T>(work: () => Promise<T>, facts: Facts = {}): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw classifyServerError(error, facts);
  }
}
