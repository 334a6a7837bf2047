import type { RelationName } from '#shared/contracts/names.ts';
import { ensureSchema } from '#shared/warehouse/postgres/ensure-schema.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { EmptiedRelations } from '../model-warehouse.ts';
import { LEFTOVER_PATTERN } from '../publish/candidate-names.ts';
import { rowsOf } from './guarded-table.ts';
import type { Session } from './session.ts';

const MARKS = 'penstock.penstock_unlogged';

/**
 * Marks an unlogged table as filled, in the transaction that filled it. The marks are unlogged themselves: a crash of the server
 * empties both, so that a table without its mark is one whose rows are gone.
 */
export async function markUnlogged(session: Session, table: RelationName): Promise<void> {
  await ensureMarks(session);
  await session.query(`delete from ${MARKS} where not exists (select from pg_class where oid = relation)`);
  await session.query(`insert into ${MARKS} values ($1::regclass) on conflict do nothing`, [
    quoteRelation(table),
  ]);
}

/** The marks, and the function that asks for one; made once, by one session at a time. */
async function ensureMarks(session: Session): Promise<void> {
  if (await marksStand(session)) return;
  await session.query("select pg_advisory_xact_lock(hashtextextended('penstock:applied', 0))");
  await ensureSchema(session, 'penstock');
  await session.script([
    `create unlogged table if not exists ${MARKS} (relation oid primary key)`,
    MUST_STAND,
  ]);
}

async function marksStand(session: Session): Promise<boolean> {
  const found = await session.query<{ there: boolean }>(
    `select to_regclass('${MARKS}') is not null
       and to_regprocedure('penstock.must_stand(regclass, text)') is not null as there`,
  );
  return found.rows[0]?.there === true;
}

/** With its owner's rights, since readers have none on the marks; asked once for each query, not for each row. */
const MUST_STAND = `create or replace function penstock.must_stand(rows regclass, name text) returns boolean
  language plpgsql stable parallel safe security definer set search_path = '' as $$
begin
  if exists (select from ${MARKS} where relation = rows) then return true; end if;
  raise exception '%: rebuilding after a crash', name using errcode = '55000',
    detail = 'The server crashed, which empties unlogged tables; this one has not been built since.',
    hint = 'The next run of its pipeline builds it.';
end $$`;

/** Those of these relations whose rows were in unlogged tables that bear no mark; also those of a table without a guard. */
export async function lostTables(
  session: Session,
  relations: readonly RelationName[],
): Promise<RelationName[]> {
  await ensureMarks(session);
  const found = await session.query<{ place: number }>(
    `select distinct s.place::int from unnest($1::text[], $2::text[], $3::text[]) with ordinality as s(schema, name, rows, place)
     join pg_namespace n on n.nspname = s.schema
     join pg_class c on c.relnamespace = n.oid and c.relname in (s.name, s.rows) and c.relkind in ('r', 'p')
     where exists (select from pg_partition_tree(c.oid) t join pg_class p on p.oid = t.relid where p.relpersistence = 'u'
         union all select where c.relpersistence = 'u')
       and not exists (select from ${MARKS} where relation = c.oid)`,
    [
      relations.map(({ schema }) => schema),
      relations.map(({ name }) => name),
      relations.map((relation) => rowsOf(relation).name),
    ],
  );
  return found.rows.flatMap(({ place }) => relations[place - 1] ?? []);
}

/** Published guards in these schemas of tables that bear no mark. Nothing is made for the question. */
export async function emptiedIn(
  session: Session,
  schemas: readonly string[],
): Promise<EmptiedRelations | undefined> {
  if (!(await marksStand(session))) return undefined;
  const found = await session.query<RelationName & { serverStartedAt: Date }>(
    `select distinct n.nspname as schema, v.relname as name, pg_postmaster_start_time() as "serverStartedAt"
     from pg_depend f join pg_rewrite r on r.oid = f.objid and f.classid = 'pg_rewrite'::regclass
     join pg_class v on v.oid = r.ev_class join pg_namespace n on n.oid = v.relnamespace
     join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
     join pg_class c on c.oid = d.refobjid and c.relkind in ('r', 'p')
     where f.refclassid = 'pg_proc'::regclass and f.refobjid = to_regprocedure('penstock.must_stand(regclass, text)')
       and n.nspname = any($1) and v.relname !~ $2 and not exists (select from ${MARKS} where relation = c.oid)
     order by 1, 2`,
    [schemas, LEFTOVER_PATTERN],
  );
  const [first] = found.rows;
  if (first === undefined) return undefined;
  const relations = found.rows.map(({ schema, name }) => ({ schema, name }));
  return { relations, serverStartedAt: first.serverStartedAt.toISOString() };
}
