import { ensureSchema } from './ensure-schema.ts';
import type { SqlClient } from './sql-client.ts';

/** Names one piece of work whose effect must happen once: a merge, a publication. */
export interface AppliedKey {
  readonly runId: string;
  readonly stream: string;
  /** Deterministic, e.g. a hash of the sorted file ids. */
  readonly batch: string;
}

/** What the work told about itself, returned to whoever asks after a crash. */
export type AppliedOutcome = Readonly<Record<string, unknown>>;

const TABLE = 'penstock.penstock_applied';

/**
 * Creates the table of applied work unless it is there; safe when several processes start at once. It stands in
 * a schema of its own, since temp schemas are dropped by people.
 *
 * @param client inside a transaction; it waits for others only while the table is missing.
 */
export async function ensureAppliedTable(client: SqlClient): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    TABLE,
  ]);
  if (rows[0]?.there === true) return;
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('penstock:applied', 0))");
  await ensureSchema(client, 'penstock');
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (
       run_id text NOT NULL, stream text NOT NULL, batch text NOT NULL,
       outcome jsonb NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (run_id, stream, batch))`,
  );
}

/** What committed work recorded, undefined when it was never committed. The table exists. */
export async function readApplied(client: SqlClient, key: AppliedKey): Promise<AppliedOutcome | undefined> {
  const { rows } = await client.query<{ outcome: AppliedOutcome }>(
    `SELECT outcome FROM ${TABLE} WHERE run_id = $1 AND stream = $2 AND batch = $3`,
    [key.runId, key.stream, key.batch],
  );
  return rows[0]?.outcome;
}

export async function isApplied(client: SqlClient, key: AppliedKey): Promise<boolean> {
  return (await readApplied(client, key)) !== undefined;
}

/**
 * Records work in its own transaction. A second one of the same key waits for the first to end, and records
 * nothing if that committed.
 *
 * @returns false when it was recorded before: roll back, the work is done.
 */
export async function insertApplied(
  client: SqlClient,
  key: AppliedKey,
  outcome: AppliedOutcome = {},
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO ${TABLE} (run_id, stream, batch, outcome) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [key.runId, key.stream, key.batch, JSON.stringify(outcome)],
  );
  return rowCount === 1;
}
