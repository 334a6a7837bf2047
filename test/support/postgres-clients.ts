import type pg from 'pg';

/** Client connections other than our own, one line each: database, application, state, last statement. */
export async function clientsOf(admin: pg.Client, database: string | null): Promise<string[]> {
  const { rows } = await admin.query<{ line: string }>(
    `SELECT concat_ws(' | ', datname, nullif(application_name, ''), state, left(query, 120)) AS line
       FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = coalesce($1, datname)
        AND application_name <> 'test-admin'
      ORDER BY 1`,
    [database],
  );
  return rows.map((row) => row.line);
}
