import { PenstockError } from '#shared/errors/penstock-error.ts';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import type { SqlClient } from './sql-client.ts';

/** Oldest server with what the adapter uses and the community still supports. */
const MIN_VERSION = 140_000;

interface Facts {
  readonly version: string;
  readonly standby: boolean;
  readonly mayCreate: boolean;
  readonly utf8: boolean;
}

/** Problems in words, none when loads can run. */
export async function checkWarehouse(client: SqlClient): Promise<string[]> {
  try {
    const { rows } = await client.query<Facts>(
      `SELECT current_setting('server_version_num') AS version, pg_is_in_recovery() AS standby,
              has_database_privilege(current_database(), 'CREATE') AS "mayCreate",
              current_setting('server_encoding') = 'UTF8' AS utf8`,
    );
    return rows.flatMap(problemsOf);
  } catch (error) {
    const known = error instanceof PenstockError ? error : toPostgresError(error);
    return [`warehouse: ${known.code}: ${known.message}`];
  }
}

function problemsOf(facts: Facts): string[] {
  const problems: string[] = [];
  if (Number(facts.version) < MIN_VERSION) problems.push('warehouse: PostgreSQL 14 or newer is needed');
  if (facts.standby) problems.push('warehouse: the server is a standby; use the primary');
  if (!facts.mayCreate)
    problems.push('warehouse: the user may not create schemas (GRANT CREATE ON DATABASE)');
  if (!facts.utf8) problems.push('warehouse: the database is not encoded in UTF8');
  return problems;
}
