import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { PartitionedTable } from '../adapter/adapter.ts';
import type { IncrementalBuild } from '../model-warehouse.ts';
import { createIndex, indexesOf } from './build-relation.ts';
import { isGuarded, rowsOf } from './guarded-table.ts';
import { literal } from './literal.ts';
import { partitionNameSql } from './partition-sql.ts';
import { gatherRows, PARTITION_ROWS, partitionedTable } from './partitioned-table.ts';
import type { Column } from './relation-columns.ts';
import type { Session } from './session.ts';
import { awaitOlderSnapshots, lockLimit, swapPatiently } from './swap-patience.ts';

/** A partition that was built anew and takes the place of the one that stands. */
export interface Replacement {
  readonly standing: RelationName;
  readonly built: RelationName;
  /** `FOR VALUES FROM … TO …`. */
  readonly bounds: string;
  /** First day, and the first that is not in it any more, as literals of the field's type. */
  readonly from: string;
  readonly to: string;
}

/** New partitions beside those that readers see. */
export interface Overwriting {
  readonly table: RelationName;
  readonly replacements: readonly Replacement[];
  readonly rows: number;
  /** SQL of the whole table as it will be. */
  readonly asItWillBe: string;
}

/** The table that holds an incremental model's rows: behind the public name where that is a guard. */
export const tableOf = ({ target, config }: Pick<IncrementalBuild, 'target' | 'config'>): RelationName =>
  isGuarded({ kind: 'table', config }) ? rowsOf(target) : target;

/**
 * Builds each partition that the model's rows lie in anew, in tables of its own: rows, indexes, statistics. Nothing that readers see is
 * touched, so that they can be tested at leisure.
 *
 * @param columns of the model's query.
 * @throws PenstockError of the server, SQLSTATE 42P17, for rows that no partition takes.
 */
export async function buildPartitions(
  session: Session,
  build: IncrementalBuild,
  columns: readonly Column[],
): Promise<Overwriting> {
  const table = tableOf(build);
  const of = partitionedTable(table, table.name, build);
  if (of === undefined) throw new RangeError(`${quoteRelation(table)} has no partitions`);
  await gatherRows(session, build.sql, of);
  const zone = columns.some(
    ({ name, type }) => name === of.partitions.field && type.endsWith('with time zone'),
  );
  const replacements = await replacementsOf(session, table, of, zone ? '+00' : '');
  let rows = 0;
  for (const one of replacements) rows += await fill(session, build, of, one, columns);
  const names = columns.map(({ name }) => quoteIdent(name)).join(', ');
  const others = replacements.map((one) => `not (${inside(of, one)})`).join(' and ') || 'true';
  const asItWillBe = `select ${names} from ${of.table} where ${others} union all select ${names} from ${PARTITION_ROWS}`;
  return { table, replacements, rows, asItWillBe };
}

/**
 * Puts the new partitions in the place of the old ones, all at once, in the session's transaction, which must be committed at once:
 * readers wait from here on. The table itself stays, with its rights and what reads it.
 *
 * @throws PenstockError `PUBLISH_LOCKED`.
 */
export async function swapPartitions(
  session: Session,
  { table, replacements }: Overwriting,
  { limits }: IncrementalBuild,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (replacements.length === 0) return;
  const patient = {
    candidates: replacements.map(({ built }) => built),
    stables: [table, ...replacements.map(({ standing }) => standing)],
    limits,
    signal,
  };
  const giveUpAt = Date.now() + limits.giveUpAfterMs;
  await awaitOlderSnapshots(session, patient, giveUpAt);
  const parent = quoteRelation(table);
  await swapPatiently(session, patient, giveUpAt, async (deadline) => {
    for (const { standing, built, bounds } of replacements) {
      await session.script([
        lockLimit(deadline),
        `alter table ${parent} detach partition ${quoteRelation(standing)}`,
        `drop table ${quoteRelation(standing)}`,
        `alter table ${quoteRelation(built)} rename to ${quoteIdent(standing.name)}`,
        `alter table ${parent} attach partition ${quoteRelation(standing)} ${bounds}`,
        `alter table ${quoteRelation(standing)} drop constraint penstock_bounds`,
      ]);
    }
  });
}

interface StandingRow {
  readonly parent: string;
  readonly name: string;
  readonly bounds: string;
  readonly from: string;
  readonly to: string;
}

/** The partitions that the gathered rows lie in; all of them stand, be they empty. */
async function replacementsOf(
  session: Session,
  table: RelationName,
  of: PartitionedTable,
  zone: string,
): Promise<Replacement[]> {
  const { field, granularity } = of.partitions;
  const column = `${quoteIdent(field)}${zone === '' ? '' : ` at time zone 'UTC'`}`;
  const found = await session.query<StandingRow>(
    `select i.inhparent::oid::text as parent, c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds, b::text as "from",
       (b + interval '1 ${granularity}')::date::text as "to"
     from (select distinct date_trunc('${granularity}', ${column})::date from ${PARTITION_ROWS}) as buckets (b)
     join pg_inherits i on i.inhparent = ${literal(of.table)}::regclass
     join pg_class c on c.oid = i.inhrelid and c.relname = ${partitionNameSql(of, 'b')} order by b`,
  );
  return found.rows.map(({ parent, name, bounds, from, to }) => ({
    standing: { schema: table.schema, name },
    // Gone, one way or the other, when the transaction ends.
    built: { schema: table.schema, name: `penstock_new_${from.replaceAll('-', '')}_${parent}` },
    bounds,
    from: literal(from + zone),
    to: literal(to + zone),
  }));
}

async function fill(
  session: Session,
  { target, config }: IncrementalBuild,
  of: PartitionedTable,
  replacement: Replacement,
  columns: readonly Column[],
): Promise<number> {
  const built = quoteRelation(replacement.built);
  const kind = config.unlogged ? 'unlogged table' : 'table';
  const names = columns.map(({ name }) => quoteIdent(name)).join(', ');
  const field = quoteIdent(of.partitions.field);
  await session.query(`create ${kind} ${built} (like ${of.table} including all excluding indexes)`);
  const written = await session.query(
    `insert into ${built} (${names}) select ${names} from ${PARTITION_ROWS} where ${inside(of, replacement)}`,
  );
  await session.script([
    `alter table ${built} add constraint penstock_bounds check (${field} is not null and ${inside(of, replacement)})`,
    ...indexesOf(target, config.indexes).map((index) => createIndex(index, replacement.built, 'unnamed')),
    ownedAs(replacement),
    `analyze ${built}`,
  ]);
  return written.rowCount ?? 0;
}

const inside = ({ partitions }: PartitionedTable, { from, to }: Pick<Replacement, 'from' | 'to'>): string =>
  `${quoteIdent(partitions.field)} >= ${from} and ${quoteIdent(partitions.field)} < ${to}`;

/** Who owns the table owns its partitions, and may drop them later. */
const ownedAs = ({ standing, built }: Replacement): string => `do $penstock$
declare owner constant text := (select pg_get_userbyid(relowner) from pg_class where oid = ${literal(quoteRelation(standing))}::regclass);
begin
  if owner <> current_user then execute format('alter table %s owner to %I', ${literal(quoteRelation(built))}, owner); end if;
end $penstock$`;
