import type pg from 'pg';
import type { PublishedSliceStatus } from '#shared/warehouse/warehouse-port.ts';
import { ensureSchema } from './ensure-schema.ts';
import type { SqlClient } from './sql-client.ts';
import { withWarehouseTransaction } from './transaction.ts';

const TABLE = 'penstock.penstock_slice_status';

/**
 * Replaces what the warehouse knows of a pipeline's slices: the ledger's `ops.slice_status`, for SQL that may live in
 * another database. Readers see the old rows or the new.
 */
export async function publishSliceStatus(
  warehouse: { readonly pool: pg.Pool },
  pipeline: string,
  rows: readonly PublishedSliceStatus[],
): Promise<void> {
  await withWarehouseTransaction(warehouse, async (client) => {
    await ensureTable(client);
    await client.query(`DELETE FROM ${TABLE} WHERE pipeline = $1`, [pipeline]);
    await client.query(
      `INSERT INTO ${TABLE} (pipeline, stream, shard, slice, run_id, status, reason, last_success_at, expected_entities,
         answered_entities, newest_event_at)
       SELECT $1, r.* FROM jsonb_to_recordset($2::jsonb) AS r (stream text, shard text, slice text, "runId" text, status text,
         reason text, "lastSuccessAt" timestamptz, "expectedEntities" bigint, "answeredEntities" bigint,
         "newestEventAt" timestamptz)`,
      [pipeline, JSON.stringify(rows)],
    );
  });
}

/** @param client inside a transaction; others wait only while the table is missing. */
async function ensureTable(client: SqlClient): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    TABLE,
  ]);
  if (rows[0]?.there === true) return;
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('penstock:slice-status', 0))");
  await ensureSchema(client, 'penstock');
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (
       pipeline text NOT NULL, stream text NOT NULL, shard text NOT NULL, slice text NOT NULL, run_id text NOT NULL,
       status text NOT NULL, reason text, last_success_at timestamptz, expected_entities bigint, answered_entities bigint,
       newest_event_at timestamptz, updated_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (pipeline, stream, slice))`,
  );
}
