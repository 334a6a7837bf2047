import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { PublishedKind } from '../model-warehouse.ts';
import { literal } from './literal.ts';
import type { Session } from './session.ts';

/** A published relation and the candidate of the same schema that takes its place. */
export interface Heir {
  readonly stable: RelationName;
  readonly candidate: RelationName;
  readonly kind: PublishedKind;
}

/**
 * Gives candidates the owner, grants (also of columns) and comments of the published relations they replace. A comment a
 * candidate has already, from the project's docs, stays. Three questions, however many there are.
 */
export async function copyStanding(session: Session, heirs: readonly Heir[]): Promise<void> {
  const names = [
    heirs.map(({ stable }) => stable.schema),
    heirs.map(({ stable }) => stable.name),
    heirs.map(({ candidate }) => candidate.name),
  ];
  const statements = [
    ...(await grantsOf(session, names)).map((row) => grantStatement(row, heirAt(heirs, row))),
    ...(await commentsOf(session, names)).map((row) => commentStatement(row, heirAt(heirs, row))),
    ...(await ownersOf(session, names)).map((row) => ownerStatement(row, heirAt(heirs, row))),
  ];
  await session.script(statements);
}

type Names = readonly (readonly string[])[];

interface OfHeir {
  /** Which heir, from 1. */
  readonly place: number;
}

function heirAt(heirs: readonly Heir[], { place }: OfHeir): Heir {
  const heir = heirs[place - 1];
  if (heir === undefined) throw new RangeError(`there is no candidate ${place}`);
  return heir;
}

interface Owner extends OfHeir {
  readonly owner: string;
}

async function ownersOf(session: Session, names: Names): Promise<Owner[]> {
  const found = await session.query<Owner>(
    `select s.place::int, pg_get_userbyid(o.relowner) as owner
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as s(schema, stable, candidate, place)
     join pg_namespace n on n.nspname = s.schema join pg_class o on o.relnamespace = n.oid and o.relname = s.stable
     where o.relowner <> (select oid from pg_roles where rolname = current_user)`,
    names,
  );
  return found.rows;
}

/** A table's partitions follow it: their owner is who may drop them later. */
const ownerStatement = ({ owner }: Owner, { candidate, kind }: Heir): string => `do $penstock$
declare part regclass;
begin
  for part in select relid from pg_partition_tree(${literal(quoteRelation(candidate))}::regclass) where level > 0 loop
    execute format('alter table %s owner to %I', part, ${literal(owner)});
  end loop;
  alter ${kind} ${quoteRelation(candidate)} owner to ${quoteIdent(owner)};
end $penstock$`;

interface Privilege extends OfHeir {
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
  /** Null for the relation itself. */
  readonly column: string | null;
}

async function grantsOf(session: Session, names: Names): Promise<Privilege[]> {
  const found = await session.query<Privilege>(
    `with pairs as (
       select s.place::int, o.oid as old, o.relowner, o.relacl, c.oid as new
       from unnest($1::text[], $2::text[], $3::text[]) with ordinality as s(schema, stable, candidate, place)
       join pg_namespace n on n.nspname = s.schema join pg_class o on o.relnamespace = n.oid and o.relname = s.stable
       join pg_class c on c.relnamespace = n.oid and c.relname = s.candidate),
     acls as (
       select place, relowner as owner, relacl as acl, null::text as col from pairs where relacl is not null
       union all
       select p.place, p.relowner, a.attacl, a.attname::text from pairs p join pg_attribute a on a.attrelid = p.old
       where a.attacl is not null and not a.attisdropped
         and exists (select from pg_attribute n where n.attrelid = p.new and n.attname = a.attname))
     select place, coalesce(r.rolname, '') as grantee, x.privilege_type as privilege, x.is_grantable as grantable,
       col as "column"
     from acls cross join lateral aclexplode(acl) x left join pg_roles r on r.oid = x.grantee
     where x.grantee <> acls.owner`,
    names,
  );
  return found.rows;
}

function grantStatement({ grantee, privilege, grantable, column }: Privilege, { candidate }: Heir): string {
  const columns = column === null ? '' : ` (${quoteIdent(column)})`;
  const role = grantee === '' ? 'public' : quoteIdent(grantee);
  return `grant ${privilege}${columns} on ${quoteRelation(candidate)} to ${role}${grantable ? ' with grant option' : ''}`;
}

interface Comment extends OfHeir {
  /** Null for the relation itself. */
  readonly column: string | null;
  readonly comment: string;
}

async function commentsOf(session: Session, names: Names): Promise<Comment[]> {
  const found = await session.query<Comment>(
    `with pairs as (
       select s.place::int, o.oid as old, c.oid as new
       from unnest($1::text[], $2::text[], $3::text[]) with ordinality as s(schema, stable, candidate, place)
       join pg_namespace n on n.nspname = s.schema join pg_class o on o.relnamespace = n.oid and o.relname = s.stable
       join pg_class c on c.relnamespace = n.oid and c.relname = s.candidate)
     select p.place, a.attname::text as "column", d.description as comment
     from pairs p join pg_description d on d.objoid = p.old and d.classoid = 'pg_class'::regclass
     left join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid and a.attnum > 0
     where (d.objsubid = 0 or exists (
         select from pg_attribute n where n.attrelid = p.new and n.attname = a.attname and not n.attisdropped))
       and not exists (
         select from pg_description x left join pg_attribute n on n.attrelid = x.objoid and n.attnum = x.objsubid
         where x.objoid = p.new and x.classoid = 'pg_class'::regclass
           and (x.objsubid = 0 and d.objsubid = 0 or n.attname = a.attname))`,
    names,
  );
  return found.rows;
}

function commentStatement({ column, comment }: Comment, { candidate, kind }: Heir): string {
  const on = quoteRelation(candidate);
  return column === null
    ? `comment on ${kind} ${on} is ${literal(comment)}`
    : `comment on column ${on}.${quoteIdent(column)} is ${literal(comment)}`;
}
