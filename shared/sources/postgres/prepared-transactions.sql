-- Grain: one row per prepared transaction of this database. Keys: xid. Inputs: none.
-- Late data: run in autocommit, after open-transactions.sql. PREPARE shows a transaction here before it takes it off its
-- backend, so no transaction is missing from both. "prepared" (the time of PREPARE) says nothing of its start.
SELECT transaction::text AS xid, gid
  FROM pg_prepared_xacts
 WHERE database = current_database()
 ORDER BY prepared
