import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { modelErrors } from '../errors.ts';
import { literal } from './literal.ts';
import type { Session } from './session.ts';

/** OID of a relation, undefined when there is none. */
export async function oidOf(session: Session, relation: RelationName): Promise<string | undefined> {
  const found = await session.query<{ oid: string }>(
    `select c.oid::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2`,
    [relation.schema, relation.name],
  );
  return found.rows[0]?.oid;
}

/**
 * Gives a candidate table the published one's storage settings and statistics targets, for columns both have. Done
 * before ANALYZE, which obeys them.
 */
export async function copyShape(session: Session, from: RelationName, to: RelationName): Promise<void> {
  const oid = await oidOf(session, from);
  if (oid === undefined) return;
  const target = quoteRelation(to);
  const options = await session.query<{ option: string }>(
    `select unnest(reloptions) as option from pg_class where oid = $1 and relkind = 'r'`,
    [oid],
  );
  const targets = await session.query<{ attname: string; attstattarget: number }>(
    `select o.attname, o.attstattarget from pg_attribute o
     join pg_attribute n on n.attname = o.attname and n.attrelid = $2::regclass and not n.attisdropped
     where o.attrelid = $1 and o.attnum > 0 and o.attstattarget >= 0`,
    [oid, target],
  );
  await session.script([
    ...options.rows.map(({ option }) => `alter table ${target} set (${optionText(option)})`),
    ...targets.rows.map(
      ({ attname, attstattarget }) =>
        `alter table ${target} alter column ${quoteIdent(attname)} set statistics ${attstattarget}`,
    ),
  ]);
}

/** `name=value` of the catalogue as SQL. */
function optionText(option: string): string {
  const equals = option.indexOf('=');
  return `${option.slice(0, equals)} = ${literal(option.slice(equals + 1))}`;
}

interface Privilege {
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
  /** Null for the relation itself. */
  readonly column: string | null;
}

/**
 * Gives a candidate the published relation's owner, grants (also of columns) and comments. A comment the candidate
 * has already, from the project's docs, stays.
 */
export async function copyStanding(
  session: Session,
  from: RelationName,
  to: RelationName,
  kind: 'table' | 'view',
): Promise<void> {
  const oid = await oidOf(session, from);
  if (oid === undefined) return;
  await session.script([
    ...(await grantStatements(session, oid, to)),
    ...(await commentStatements(session, oid, to, kind)),
    ...(await ownerStatements(session, oid, to, kind)),
  ]);
}

async function ownerStatements(
  session: Session,
  oid: string,
  to: RelationName,
  kind: string,
): Promise<string[]> {
  const owner = await session.query<{ owner: string }>(
    `select pg_get_userbyid(relowner) as owner from pg_class
     where oid = $1 and relowner <> (select oid from pg_roles where rolname = current_user)`,
    [oid],
  );
  return owner.rows.map((row) => `alter ${kind} ${quoteRelation(to)} owner to ${quoteIdent(row.owner)}`);
}

async function grantStatements(session: Session, oid: string, to: RelationName): Promise<string[]> {
  const found = await session.query<Privilege>(
    `with acls as (
       select relowner as owner, relacl as acl, null::text as col from pg_class where oid = $1
       union all
       select c.relowner, a.attacl, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
       where a.attrelid = $1 and a.attacl is not null and not a.attisdropped
         and exists (select from pg_attribute n where n.attrelid = $2::regclass and n.attname = a.attname))
     select coalesce(r.rolname, '') as grantee, x.privilege_type as privilege, x.is_grantable as grantable, col as "column"
     from acls cross join lateral aclexplode(acl) x left join pg_roles r on r.oid = x.grantee
     where x.grantee <> acls.owner`,
    [oid, quoteRelation(to)],
  );
  return found.rows.map((row) => grantStatement(row, to));
}

function grantStatement({ grantee, privilege, grantable, column }: Privilege, to: RelationName): string {
  const columns = column === null ? '' : ` (${quoteIdent(column)})`;
  const role = grantee === '' ? 'public' : quoteIdent(grantee);
  return `grant ${privilege}${columns} on ${quoteRelation(to)} to ${role}${grantable ? ' with grant option' : ''}`;
}

async function commentStatements(
  session: Session,
  oid: string,
  to: RelationName,
  kind: string,
): Promise<string[]> {
  const found = await session.query<{ column: string | null; comment: string }>(
    `select a.attname::text as "column", d.description as comment
     from pg_description d left join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid and a.attnum > 0
     where d.objoid = $1 and d.classoid = 'pg_class'::regclass
       and (d.objsubid = 0 or exists (
         select from pg_attribute n where n.attrelid = $2::regclass and n.attname = a.attname and not n.attisdropped))
       and not exists (
         select from pg_description x left join pg_attribute n on n.attrelid = x.objoid and n.attnum = x.objsubid
         where x.objoid = $2::regclass and x.classoid = 'pg_class'::regclass
           and (x.objsubid = 0 and d.objsubid = 0 or n.attname = a.attname))`,
    [oid, quoteRelation(to)],
  );
  return found.rows.map(({ column, comment }) =>
    column === null
      ? `comment on ${kind} ${quoteRelation(to)} is ${literal(comment)}`
      : `comment on column ${quoteRelation(to)}.${quoteIdent(column)} is ${literal(comment)}`,
  );
}

/**
 * Refuses a swap that would silently drop what is attached to the published table by its identity: foreign keys
 * from other tables, triggers, row security policies, membership in a publication. Also what this engine did not build:
 * a materialized view or foreign table under the model's name.
 *
 * @throws PenstockError `PUBLISH_REFUSED`, naming the first thing found.
 */
export async function refuseAttached(session: Session, relation: RelationName): Promise<void> {
  const found = await session.query<{ what: string }>(
    `with it as (
       select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname = $2)
     select 'foreign key ' || conname as what from pg_constraint, it where confrelid = it.oid and conrelid <> it.oid
     union all select 'relkind ' || relkind::text from pg_class c, it where c.oid = it.oid and relkind not in ('r', 'p', 'v')
     union all select 'trigger ' || tgname from pg_trigger, it where tgrelid = it.oid and not tgisinternal
     union all select 'policy ' || polname from pg_policy, it where polrelid = it.oid
     union all select 'publication ' || p.pubname from pg_publication_rel r join pg_publication p on p.oid = r.prpubid, it
       where r.prrelid = it.oid
     limit 1`,
    [relation.schema, relation.name],
  );
  const attached = found.rows[0]?.what;
  if (attached !== undefined) {
    throw new PenstockError(modelErrors.publishRefused, { relation: quoteRelation(relation), attached });
  }
}
