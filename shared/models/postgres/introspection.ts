import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { ColumnInfo, FoundRelation, RelationParts } from '../adapter/adapter.ts';

/** Runs one query and answers its rows by column name. */
export type Rows = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

const KINDS = `case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view'
  when 'm' then 'materialized_view' when 'f' then 'foreign' end`;

/** Tables, views, materialised views and foreign tables of a schema, in order of their names. */
export function listRelations(rows: Rows, schema: string): Promise<FoundRelation[]> {
  return rows<FoundRelation>(
    `select current_database() as database, n.nspname as schema, c.relname as identifier, ${KINDS} as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') order by c.relname`,
    [schema],
  );
}

/**
 * Relations by name, undefined where there is none; without a schema the session's temporary ones and its search path count.
 */
export async function findRelations(
  rows: Rows,
  asked: readonly RelationParts[],
): Promise<(FoundRelation | undefined)[]> {
  const found = await rows<FoundRelation & { readonly place: number }>(
    `select current_database() as database, n.nspname as schema, c.relname as identifier, ${KINDS} as type, asked.place::int
     from unnest($1::text[]) with ordinality as asked (name, place)
     join pg_class c on c.oid = to_regclass(asked.name) join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [asked.map(nameOf)],
  );
  const byPlace = new Map(found.map(({ place, ...relation }) => [place, relation]));
  return asked.map((_, index) => byPlace.get(index + 1));
}

/** Columns of a relation in their order, empty when there is none. */
export function columnsOf(rows: Rows, parts: RelationParts): Promise<ColumnInfo[]> {
  return rows<ColumnInfo>(
    `${DESCRIBED} where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [nameOf(parts)],
  );
}

const DESCRIBED = `select a.attname as name, format_type(a.atttypid, null) as "dataType",
    case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 end as "charSize",
    case when a.atttypid = 1700 and a.atttypmod > 4 then ((a.atttypmod - 4) >> 16) & 65535
      when a.atttypid = 21 then 16 when a.atttypid = 23 then 32 when a.atttypid = 20 then 64
      when a.atttypid = 700 then 24 when a.atttypid = 701 then 53 end as "numericPrecision",
    case when a.atttypid = 1700 and a.atttypmod > 4 then (a.atttypmod - 4) & 2047
      when a.atttypid in (20, 21, 23) then 0 end as "numericScale"
  from pg_attribute a`;

export async function listSchemas(rows: Rows): Promise<string[]> {
  const found = await rows<{ name: string }>('select nspname as name from pg_namespace order by 1', []);
  return found.map(({ name }) => name);
}

/** As `to_regclass` reads it. */
export function nameOf({ schema, identifier }: RelationParts): string {
  const name = identifier ?? '';
  return schema === null ? `"${name.replaceAll('"', '""')}"` : quoteRelation({ schema, name });
}
