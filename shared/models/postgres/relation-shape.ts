import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
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

interface Shape {
  readonly options: readonly string[] | null;
  readonly targets: readonly { readonly column: string; readonly target: number }[] | null;
}

/**
 * Gives a candidate table the published one's storage settings and statistics targets, for columns both have. Done
 * before ANALYZE, which obeys them.
 */
export async function copyShape(session: Session, from: RelationName, to: RelationName): Promise<void> {
  const target = quoteRelation(to);
  const found = await session.query<Shape>(
    // A partitioned table has no storage of its own to set.
    `select case when (select relkind from pg_class where oid = $3::regclass) = 'r' then c.reloptions end as options,
       (select json_agg(json_build_object('column', o.attname, 'target', o.attstattarget))
        from pg_attribute o
        join pg_attribute n on n.attname = o.attname and n.attrelid = $3::regclass and not n.attisdropped
        where o.attrelid = c.oid and o.attnum > 0 and o.attstattarget >= 0) as targets
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')`,
    [from.schema, from.name, target],
  );
  const { options, targets } = found.rows[0] ?? { options: null, targets: null };
  await session.script([
    ...(options ?? []).map((option) => `alter table ${target} set (${optionText(option)})`),
    ...(targets ?? []).map(
      (one) =>
        `alter table ${target} alter column ${quoteIdent(one.column)} set statistics ${Number(one.target)}`,
    ),
  ]);
}

/** `name=value` of the catalogue as SQL. */
function optionText(option: string): string {
  const equals = option.indexOf('=');
  return `${option.slice(0, equals)} = ${literal(option.slice(equals + 1))}`;
}
