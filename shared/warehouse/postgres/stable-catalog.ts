import type { RelationName } from '#shared/contracts/names.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { SqlClient } from './sql-client.ts';

/** One column as the catalogue has it. */
export interface RelationColumn {
  readonly name: string;
  /** With its modifiers, e.g. `numeric(12,2)`. */
  readonly type: string;
  readonly collation: string;
}

/** Columns in order; none when the relation is not there. */
export async function readColumns(client: SqlClient, relation: RelationName): Promise<RelationColumn[]> {
  const { rows } = await client.query<RelationColumn>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attcollation::text AS collation
       FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
      ORDER BY attnum`,
    [quoteRelation(relation)],
  );
  return rows;
}

/** What stands under a name. */
export async function readKind(
  client: SqlClient,
  relation: RelationName,
): Promise<'view' | 'none' | 'other'> {
  const { rows } = await client.query<{ kind: string }>(
    'SELECT relkind::text AS kind FROM pg_class WHERE oid = to_regclass($1)',
    [quoteRelation(relation)],
  );
  const kind = rows[0]?.kind;
  if (kind === undefined) return 'none';
  return kind === 'v' ? 'view' : 'other';
}

/** Views, materialised or not, whose query reads the relation, in order of names. */
export async function readDependents(client: SqlClient, relation: RelationName): Promise<RelationName[]> {
  const { rows } = await client.query<RelationName>(
    `SELECT DISTINCT n.nspname AS schema, c.relname AS name
       FROM pg_depend d
       JOIN pg_rewrite r ON r.oid = d.objid
       JOIN pg_class c ON c.oid = r.ev_class
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = to_regclass($1) AND c.oid <> d.refobjid
      ORDER BY 1, 2`,
    [quoteRelation(relation)],
  );
  return rows;
}
