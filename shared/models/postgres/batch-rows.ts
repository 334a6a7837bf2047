import type { AuditedBatch, IncrementalBuild } from '../model-warehouse.ts';
import { keyPart } from './build-relation.ts';
import { PARTITION_ROWS, type PlacedRows, partitionsFor } from './partitioned-table.ts';
import { columnsOfTable } from './relation-columns.ts';
import type { Session } from './session.ts';

/** The rows an incremental model is about to write. */
export interface BatchRows extends PlacedRows {
  /** The table of this transaction that holds them, as SQL names it; undefined where they are a query only. */
  readonly table: string | undefined;
}

const BATCH = 'pg_temp.penstock_batch';

/**
 * Gathers the rows where that is needed: for their partitions, and where there is a key. With their number known the server looks up
 * what they replace instead of reading the whole table, and tests need only look at the keys written.
 */
export async function gatherBatch(session: Session, build: IncrementalBuild): Promise<BatchRows> {
  const { sql, within } = await partitionsFor(session, build);
  if (build.config.partitions !== undefined) return { sql, within, table: PARTITION_ROWS };
  if (build.config.uniqueKey.length === 0) return { sql, within, table: undefined };
  await session.query(`create temporary table penstock_batch on commit drop as\n${sql}`);
  await session.query(`analyze ${BATCH}`);
  return { sql: `select * from ${BATCH}`, within, table: BATCH };
}

/** What tests of the rows written may be limited to; undefined where a key is NULL, which no comparison finds. */
export async function auditedBatch(
  session: Session,
  { target, config }: IncrementalBuild,
  { table }: BatchRows,
  columns: { readonly query: readonly string[]; readonly written: readonly string[] },
): Promise<AuditedBatch | undefined> {
  const keys = config.uniqueKey.map(keyPart);
  if (table === undefined || keys.length === 0) return undefined;
  const isNull = keys.map((key) => `${key} is null`).join(' or ');
  const found = await session.query(`select from ${table} where ${isNull} limit 1`);
  if (found.rowCount !== 0) return undefined;
  const standing = await columnsOfTable(session, target);
  // A hook may have changed what was written.
  const isAll =
    config.postHooks.length === 0 &&
    standing.length === columns.written.length &&
    columns.query.length === columns.written.length;
  const isWhole = isAll && config.mergeUpdateColumns === undefined && config.mergeExcludeColumns.length === 0;
  return { table, keys, columns: columns.query, isWhole, model: undefined };
}
