-- Grain: one row: what the catalogue says of one table to the present role. Keys: none.
-- Inputs: $1 schema, $2 table, $3 names of the contract's fields.
-- Late data: none; the catalogue is read as it is now. Domains are followed to their base type, in arrays too.
WITH target AS (
  SELECT c.oid, c.relkind
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
)
SELECT t.relkind::text AS relkind,
       has_schema_privilege(quote_ident($1), 'USAGE') AS may_use_schema,
       has_table_privilege(t.oid, 'SELECT') AS may_select_table,
       row_security_active(t.oid) AS rows_hidden,
       EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = t.oid) AS subscribed,
       ARRAY(
         SELECT json_build_object(
                  'field', f.name,
                  'exists', a.attnum IS NOT NULL,
                  'maySelect', a.attnum IS NOT NULL AND has_column_privilege(t.oid, a.attnum, 'SELECT'),
                  'name', b.typname,
                  'kind', b.typtype,
                  'element', e.typname,
                  'scale', CASE WHEN coalesce(e.typname, b.typname) = 'numeric' AND coalesce(ed.typmod, d.typmod) >= 4
                                -- the low 11 bits, signed since PostgreSQL 15
                                THEN (((coalesce(ed.typmod, d.typmod) - 4) & 2047) # 1024) - 1024 END)
           FROM unnest($3::text[]) WITH ORDINALITY AS f (name, position)
           LEFT JOIN pg_attribute a
             ON a.attrelid = t.oid AND a.attname = f.name AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN LATERAL (
             WITH RECURSIVE based AS (
               SELECT a.atttypid AS typid, a.atttypmod AS typmod, 0 AS depth
               UNION ALL
               SELECT y.typbasetype, CASE WHEN y.typtypmod >= 0 THEN y.typtypmod ELSE based.typmod END, depth + 1
                 FROM based JOIN pg_type y ON y.oid = based.typid WHERE y.typtype = 'd'
             )
             SELECT typid, typmod FROM based ORDER BY depth DESC LIMIT 1
           ) AS d ON true
           LEFT JOIN pg_type b ON b.oid = d.typid
           LEFT JOIN LATERAL (
             WITH RECURSIVE based AS (
               SELECT b.typelem AS typid, d.typmod, 0 AS depth
               UNION ALL
               SELECT y.typbasetype, CASE WHEN y.typtypmod >= 0 THEN y.typtypmod ELSE based.typmod END, depth + 1
                 FROM based JOIN pg_type y ON y.oid = based.typid WHERE y.typtype = 'd'
             )
             SELECT typid, typmod FROM based ORDER BY depth DESC LIMIT 1
           ) AS ed ON b.typcategory = 'A'
           LEFT JOIN pg_type e ON e.oid = ed.typid
          ORDER BY f.position
       ) AS columns
  FROM target AS t
