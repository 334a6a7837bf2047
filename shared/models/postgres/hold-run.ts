import type pg from 'pg';

/**
 * Holds an advisory lock of the run's name on a connection of its own. The server lets go of it when the process ends, however
 * that happens, so that what a killed run left behind can be told from what a living one needs.
 *
 * @returns lets go.
 */
export async function holdRun(pool: pg.Pool, runId: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(hashtextextended('penstock:run:' || $1, 0))", [runId]);
  } catch (error) {
    client.release(true);
    throw error;
  }
  return async () => {
    const freed = await client
      .query("select pg_advisory_unlock(hashtextextended('penstock:run:' || $1, 0))", [runId])
      .catch(() => undefined);
    client.release(freed === undefined);
  };
}

/** Those of these runs whose lock is free; it is taken for this one question only. */
export async function unheldRuns(pool: pg.Pool, runIds: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ run: string }>(
    `select run from unnest($1::text[]) as run
     where pg_try_advisory_xact_lock(hashtextextended('penstock:run:' || run, 0))`,
    [runIds],
  );
  return rows.map(({ run }) => run);
}
