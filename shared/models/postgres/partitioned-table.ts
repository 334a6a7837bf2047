import type { RelationName } from '#shared/contracts/names.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { PartitionedTable } from '../adapter/adapter.ts';
import type { RelationBuild } from '../model-warehouse.ts';
import type { ModelConfig } from '../project/model-config.ts';
import { deleteExpired, makePartitions, partitionClause } from './partition-sql.ts';
import type { Session } from './session.ts';

/** Rows on their way to partitions, which must be known before any is written. */
export const PARTITION_ROWS = 'pg_temp.penstock_rows';

/** A model's table as partition statements need it; undefined where it is one table. */
export function partitionedTable(
  table: RelationName,
  base: string,
  { config, asOf }: { readonly config: ModelConfig; readonly asOf: string },
): PartitionedTable | undefined {
  const { partitions, unlogged } = config;
  if (partitions === undefined) return undefined;
  return { table: quoteRelation(table), base, partitions, today: asOf, unlogged };
}

/**
 * Creates a partitioned table of a query's rows, with the partitions they need; rows that have expired are left out.
 *
 * @returns rows written.
 * @throws PenstockError of the server, SQLSTATE 42P17, for what no partition takes.
 */
export async function createPartitioned(
  session: Session,
  table: RelationName,
  build: Pick<RelationBuild, 'stable' | 'sql' | 'config' | 'asOf'>,
): Promise<number> {
  const of = partitionedTable(table, build.stable.name, build);
  if (of === undefined) throw new RangeError(`${of} has no partitions`);
  await gather(session, build.sql, of);
  await session.script([
    `create table ${of.table} (like ${PARTITION_ROWS}) ${partitionClause(of.partitions)}`,
    makePartitions(of, PARTITION_ROWS),
  ]);
  const written = await session.query(`insert into ${of.table} select * from ${PARTITION_ROWS}`);
  return written.rowCount ?? 0;
}

/**
 * Makes the partitions that a batch needs before it is merged.
 *
 * @returns the query to merge: the model's own, or of its rows gathered already.
 */
export async function partitionsFor(
  session: Session,
  build: {
    readonly target: RelationName;
    readonly sql: string;
    readonly config: ModelConfig;
    readonly asOf: string;
  },
): Promise<string> {
  const of = partitionedTable(build.target, build.target.name, build);
  if (of === undefined) return build.sql;
  await gather(session, build.sql, of);
  await session.query(makePartitions(of, PARTITION_ROWS));
  return `select * from ${PARTITION_ROWS}`;
}

async function gather(session: Session, sql: string, of: PartitionedTable): Promise<void> {
  const expired = deleteExpired(of, PARTITION_ROWS);
  await session.script([
    `drop table if exists ${PARTITION_ROWS}`,
    `create temporary table penstock_rows on commit drop as\n${sql}`,
    ...(expired === undefined ? [] : [expired]),
  ]);
}
