import { type PostgresServer, startPostgres } from '#dev/servers/postgres.ts';

export type OwnPostgres = PostgresServer;

const defaults = { max_connections: '100', max_prepared_transactions: '20' };

/**
 * Starts a PostgreSQL of the test's own, to be killed, stopped and restarted. Stop it in `afterAll`; one left
 * running fails the test file.
 */
export function startOwnPostgres(
  options: { readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<OwnPostgres> {
  return startPostgres({ settings: { ...defaults, ...options.settings } });
}
