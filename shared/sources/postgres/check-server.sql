-- Grain: one row: the server as the present role sees it. Keys: none. Inputs: none.
-- Late data: none; settings are those in force now.
SELECT current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS in_recovery,
       pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all,
       current_user::text AS role_name,
       current_setting('server_encoding') AS encoding,
       ARRAY(
         SELECT coalesce('role ' || r.rolname, 'database ' || d.datname, 'every role')
           FROM pg_db_role_setting s
           LEFT JOIN pg_roles r ON r.oid = s.setrole
           LEFT JOIN pg_database d ON d.oid = s.setdatabase
          WHERE (s.setdatabase = 0 OR d.datname = current_database())
            AND EXISTS (SELECT FROM unnest(s.setconfig) c WHERE c IN ('track_activities=off', 'track_activities=false'))
          UNION ALL
         SELECT 'this session' WHERE current_setting('track_activities') = 'off'
       ) AS hidden
