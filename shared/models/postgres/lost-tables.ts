import type { RelationName } from '#shared/contracts/names.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { Session } from './session.ts';

const MARKS = 'penstock.penstock_unlogged';

/**
 * Marks an unlogged table as filled, in the transaction that filled it. The marks are unlogged themselves: a crash of the server
 * empties both, so that a table without its mark is one whose rows are gone.
 */
export async function markUnlogged(session: Session, table: RelationName): Promise<void> {
  await session.script([
    "select pg_advisory_xact_lock(hashtextextended('penstock:applied', 0))",
    'create schema if not exists penstock',
    `create unlogged table if not exists ${MARKS} (relation oid primary key)`,
    `delete from ${MARKS} where not exists (select from pg_class where oid = relation)`,
  ]);
  await session.query(`insert into ${MARKS} values ($1::regclass) on conflict do nothing`, [
    quoteRelation(table),
  ]);
}

/** Those of these tables that are unlogged, or have unlogged partitions, and bear no mark. */
export async function lostTables(
  session: Session,
  relations: readonly RelationName[],
): Promise<RelationName[]> {
  const marked = await session.query<{ there: boolean }>(
    `select to_regclass('${MARKS}') is not null as there`,
  );
  const unmarked = marked.rows[0]?.there
    ? `and not exists (select from ${MARKS} where relation = c.oid)`
    : '';
  const found = await session.query<{ schema: string; name: string }>(
    `select s.schema, s.name from unnest($1::text[], $2::text[]) as s(schema, name)
     join pg_namespace n on n.nspname = s.schema
     join pg_class c on c.relnamespace = n.oid and c.relname = s.name and c.relkind in ('r', 'p')
     where exists (select from pg_partition_tree(c.oid) t join pg_class p on p.oid = t.relid where p.relpersistence = 'u'
         union all select where c.relpersistence = 'u') ${unmarked}`,
    [relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
  );
  return found.rows;
}
