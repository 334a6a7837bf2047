import type { PoolClient } from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import { warehouseErrors } from '#shared/warehouse/errors.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { StagingTable, SwapOptions } from '#shared/warehouse/warehouse-port.ts';
import { classified } from './classify.ts';
import { LOCK_TIMEOUT_MS, retryOnLock } from './retry-on-lock.ts';
import type { SqlClient } from './sql-client.ts';
import { withWarehouseTransaction } from './transaction.ts';

type Pooled = Parameters<typeof withWarehouseTransaction>[0];

/** Tables of a temp schema in order of names, with the view of that schema that reads each, if any. */
export async function listStagingTables(client: SqlClient, schema: string): Promise<StagingTable[]> {
  const { rows } = await classified(() =>
    client.query<{ name: string; bytes: string; stable: string | null }>(
      `SELECT t.relname AS name, coalesce(pg_total_relation_size(t.oid), 0)::text AS bytes, min(v.relname) AS stable
         FROM pg_class t
         JOIN pg_namespace n ON n.oid = t.relnamespace
         LEFT JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
                              AND d.classid = 'pg_rewrite'::regclass
         LEFT JOIN pg_rewrite r ON r.oid = d.objid
         LEFT JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v' AND v.relnamespace = n.oid
        WHERE n.nspname = $1 AND t.relkind = 'r'
        GROUP BY t.oid, t.relname
        ORDER BY t.relname COLLATE "C"`,
      [schema],
    ),
  );
  return rows.map(({ name, bytes, stable }) => ({
    relation: { schema, name },
    bytes: BigInt(bytes),
    servesStable: stable === null ? undefined : { schema, name: stable },
  }));
}

/**
 * Drops a table if it is there, without making its readers queue.
 *
 * @throws WAREHOUSE_TABLE_IN_USE when a view reads it, WAREHOUSE_LOCK_BLOCKED when readers never leave it.
 */
export async function dropTable(
  warehouse: Pooled,
  relation: RelationName,
  options: SwapOptions = {},
): Promise<void> {
  const transaction = {
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const drop = (client: PoolClient): Promise<unknown> =>
    client.query(`DROP TABLE IF EXISTS ${quoteRelation(relation)}`);
  try {
    await retryOnLock(relation.name, options, () => withWarehouseTransaction(warehouse, drop, transaction));
  } catch (error) {
    // Dependent objects still exist.
    if (sqlstateOf(error) !== '2BP01') throw error;
    throw new PenstockError(warehouseErrors.tableInUse, { relation: relation.name }, { cause: error });
  }
}
