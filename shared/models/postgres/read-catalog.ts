import type { CatalogRelation } from '../adapter/adapter.ts';
import type { Rows } from './introspection.ts';

/**
 * What stands in these schemas: relations with owner, comments, columns with full types, and what the server knows of rows and bytes.
 * Partitions are part of their table.
 */
export function readCatalog(rows: Rows, schemas: readonly string[]): Promise<CatalogRelation[]> {
  return rows<CatalogRelation>(
    `select current_database() as database, n.nspname as schema, c.relname as name,
       case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as type,
       obj_description(c.oid, 'pg_class') as comment, pg_get_userbyid(c.relowner) as owner,
       case when c.reltuples >= 0 and c.relkind in ('r', 'm', 'p') then c.reltuples::float8 end as "estimatedRows",
       case when c.relkind in ('r', 'm') then pg_total_relation_size(c.oid)::float8 end as bytes,
       (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
            'index', a.attnum, 'comment', col_description(c.oid, a.attnum)) order by a.attnum), '[]'::json)
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
       and not c.relispartition
     order by n.nspname, c.relname`,
    [schemas],
  );
}
