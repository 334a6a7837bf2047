import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
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

/** What is merged, and where in the table it can be met. */
export interface PlacedRows {
  /** The model's own query, or of its rows gathered already. */
  readonly sql: string;
  /** Condition on the table, `t`, that every row of these keys meets; by it the server leaves partitions out. Undefined: anywhere. */
  readonly within: string | undefined;
}

/**
 * Makes the partitions that a batch needs before it is merged, and tells the server how many rows there are: else it may read every
 * partition to find a few.
 */
export async function partitionsFor(
  session: Session,
  build: {
    readonly target: RelationName;
    readonly sql: string;
    readonly config: ModelConfig;
    readonly asOf: string;
  },
): Promise<PlacedRows> {
  const of = partitionedTable(build.target, build.target.name, build);
  if (of === undefined) return { sql: build.sql, within: undefined };
  await gatherRows(session, build.sql, of);
  await session.query(`analyze ${PARTITION_ROWS}`);
  const { field } = of.partitions;
  // A key that leaves the field out may stand in another partition.
  const within = build.config.uniqueKey.includes(field) ? await rangeOf(session, field) : undefined;
  return { sql: `select * from ${PARTITION_ROWS}`, within };
}

/** From the first to the last value of the gathered rows, as a condition with literals. */
async function rangeOf(session: Session, field: string): Promise<string | undefined> {
  const column = quoteIdent(field);
  const found = await session.query<{ from: string | null; to: string | null }>(
    `select quote_literal(min(${column})) as "from", quote_literal(max(${column})) as "to" from ${PARTITION_ROWS}`,
  );
  const { from, to } = found.rows[0] ?? { from: null, to: null };
  return from === null || to === null ? undefined : `t.${column} between ${from} and ${to}`;
}

/** Gathers the rows of a query, without those that have expired, and makes the partitions they need. */
export async function gatherRows(session: Session, sql: string, of: PartitionedTable): Promise<void> {
  await gather(session, sql, of);
  await session.query(makePartitions(of, PARTITION_ROWS));
}

async function gather(session: Session, sql: string, of: PartitionedTable): Promise<void> {
  const expired = deleteExpired(of, PARTITION_ROWS);
  await session.script([
    `drop table if exists ${PARTITION_ROWS}`,
    `create temporary table penstock_rows on commit drop as\n${sql}`,
    ...(expired === undefined ? [] : [expired]),
  ]);
}
