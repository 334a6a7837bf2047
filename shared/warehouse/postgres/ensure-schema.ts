import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { SqlClient } from './sql-client.ts';

/**
 * Creates a schema unless it is there. IF NOT EXISTS alone is not safe: two at once both look, both create, and
 * one breaks on a unique index of the catalogue. Who finds it there needs no right to create one.
 *
 * @param client inside a transaction, which holds the lock to its end if the schema had to be created.
 */
export async function ensureSchema(client: SqlClient, schema: string): Promise<void> {
  if (await schemaExists(client, schema)) return;
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('penstock:schema:' || $1, 0))", [schema]);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`);
}

async function schemaExists(client: SqlClient, schema: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  return rowCount === 1;
}
