-- Grain: one row per backend of this database that may still commit rows stamped with its transaction's start; always
-- at least one row, whose pid is null when no backend qualifies.
-- Keys: pid. Inputs: $1 prefix of our own application names.
-- Late data: run in autocommit (inside a transaction the view is cached). statement_timestamp() is stamped before the
-- scan, so a transaction that begins during the scan starts after it. A backend that is active but shows no xact_start
-- is about to begin one, with its query_start.
-- Walsenders stream committed changes and our own sessions only read; either counts all the same once it has a
-- transaction id, because then it has written something. The server never shows a walsender's xact_start, so one that
-- writes counts from its connection. Autovacuum gets ids without writing rows.
SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS observed_micros,
       pg_is_in_recovery() AS in_recovery,
       pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all,
       current_user AS role_name,
       a.pid,
       a.backend_type,
       coalesce(a.state, 'unknown') AS state,
       a.started_micros
  FROM (SELECT 1) AS always
  LEFT JOIN (
    SELECT pid, backend_type, state,
           (extract(epoch FROM CASE
             WHEN backend_type = 'walsender' THEN backend_start
             WHEN xact_start IS NOT NULL THEN xact_start
             WHEN state IS DISTINCT FROM 'idle' THEN query_start
           END) * 1000000)::bigint AS started_micros
      FROM pg_stat_activity
     WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND backend_type IS DISTINCT FROM 'autovacuum worker'
       AND NOT (
         backend_xid IS NULL
         AND (
           backend_type IS NOT DISTINCT FROM 'walsender'
           OR coalesce(
             usesysid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
             AND starts_with(application_name, $1),
             false
           )
         )
       )
  ) AS a ON a.started_micros IS NOT NULL OR a.state = 'disabled' OR a.backend_type IS NULL
