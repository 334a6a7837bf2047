import type { PostgresConnection } from 'bullmq';

const LONG_TRANSACTION_SECONDS = 600;

interface Facts {
  readonly can_create: boolean;
  readonly read_only: boolean;
  readonly oldest_seconds: number | null;
}

/** What is wrong with a migrated PostgreSQL server for this use, in words. */
export async function postgresProblems(connection: PostgresConnection, schema: string): Promise<string[]> {
  const { rows } = await connection.pool.query<Facts>(
    `SELECT has_schema_privilege(current_user, $1, 'CREATE') AS can_create,
            pg_is_in_recovery() AS read_only,
            (SELECT max(extract(epoch FROM now() - xact_start))::int FROM pg_stat_activity
              WHERE datname = current_database() AND backend_type = 'client backend') AS oldest_seconds`,
    [schema],
  );
  const facts = rows[0];
  if (facts === undefined) return [];
  const problems: string[] = [];
  if (!facts.can_create)
    problems.push(
      `the queue's database role lacks CREATE on schema ${schema}: each new queue needs a sequence`,
    );
  if (facts.read_only) problems.push('the queue URL points at a standby, which takes no writes');
  if ((facts.oldest_seconds ?? 0) > LONG_TRANSACTION_SECONDS)
    problems.push(
      `a transaction has been open for ${facts.oldest_seconds} s in the queue's database, which slows the queue: end it`,
    );
  return problems;
}
