import type { RelationName } from '#shared/contracts/names.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { SqlClient } from './sql-client.ts';

/** Statements that give a view back what people had given it: grants and comment. */
export type Attributes = readonly string[];

/** Reads them before the view is dropped. Grants of single columns are not kept: their columns may be gone. */
export async function readAttributes(client: SqlClient, view: RelationName): Promise<Attributes> {
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format('GRANT %s ON %s TO %s%s', g.privilege_type, $1::text,
              CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
              CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement
       FROM pg_class c, aclexplode(c.relacl) g
      WHERE c.oid = to_regclass($1) AND g.grantee <> c.relowner
      UNION ALL
     SELECT format('COMMENT ON VIEW %s IS %L', $1::text, obj_description(to_regclass($1), 'pg_class'))
      WHERE obj_description(to_regclass($1), 'pg_class') IS NOT NULL`,
    [quoteRelation(view)],
  );
  return rows.map(({ statement }) => statement);
}

/** Runs them on the new view, in the same transaction. */
export async function restoreAttributes(client: SqlClient, attributes: Attributes): Promise<void> {
  for (const statement of attributes) await client.query(statement);
}
