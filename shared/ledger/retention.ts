import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

export interface PurgeOptions {
  /** Runs that closed before this instant (ISO) may go. */
  readonly olderThan: string;
  /** Runs per call, default 100: each call is one short transaction. */
  readonly limit?: number;
}

/**
 * What keeps an old run: a file that is not merged, given up or still moving; bytes of a discarded file not yet deleted; a window that
 * has not settled; an open reject; the watermark or the published model that stands on it; a temp table that is there.
 */
const PURGEABLE = `
  SELECT r.run_id FROM ops.runs r
  WHERE r.finished_at < $1 AND r.status NOT IN ('queued', 'running')
    AND NOT EXISTS (SELECT FROM ops.files f WHERE f.run_id = r.run_id AND (f.moving_to IS NOT NULL
      OR f.state = 'quarantined' OR (f.state = 'landed' AND NOT f.is_rejects)
      OR (f.state = 'discarded' AND f.deleted_at IS NULL)))
    AND NOT EXISTS (SELECT FROM ops.windows w WHERE w.run_id = r.run_id AND w.status = 'landed')
    AND NOT EXISTS (SELECT FROM ops.rejects j WHERE j.run_id = r.run_id AND j.status = 'rejected')
    AND NOT EXISTS (SELECT FROM ops.watermarks m WHERE m.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM ops.watermarks m JOIN ops.windows w ON w.window_id = m.window_id WHERE w.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM ops.model_versions v WHERE v.run_id = r.run_id)
    AND NOT EXISTS (SELECT FROM ops.temp_tables t WHERE t.run_id = r.run_id AND t.dropped_at IS NULL)
    AND (r.schedule IS NULL OR EXISTS (SELECT FROM ops.runs n WHERE n.pipeline = r.pipeline AND n.schedule = r.schedule
      AND n.logical_time > r.logical_time))
  ORDER BY r.finished_at LIMIT $2 FOR UPDATE OF r SKIP LOCKED`;

/** Children before parents. */
const CHILD_TABLES = [
  'events',
  'test_results',
  'source_freshness',
  'model_runs',
  'temp_tables',
  'rejects',
  'dropped_keys',
  'files',
  'windows',
  'tasks',
  'runs',
] as const;

/**
 * Removes old closed runs with all that belongs to them, except what is still needed (see above; and the newest run of each
 * schedule, from which due times are computed). The history of watermarks stays.
 *
 * @returns ids of the runs removed; call again until there are none.
 */
export function purgeRuns(ledger: Ledger, options: PurgeOptions): Promise<string[]> {
  return withTransaction(ledger, async (tx) => {
    const rows = await tx.rows<{ run_id: string }>(PURGEABLE, [options.olderThan, options.limit ?? 100]);
    const runIds = rows.map((row) => row.run_id);
    if (runIds.length > 0) await removeRuns(tx, runIds);
    return runIds;
  });
}

async function removeRuns(tx: Queryable, runIds: readonly string[]): Promise<void> {
  await tx.rows(
    'DELETE FROM ops.events WHERE task_id IN (SELECT task_id FROM ops.tasks WHERE run_id = ANY ($1::text[]))',
    [runIds],
  );
  await tx.rows(
    'DELETE FROM ops.file_slices WHERE file_id IN (SELECT file_id FROM ops.files WHERE run_id = ANY ($1::text[]))',
    [runIds],
  );
  for (const table of CHILD_TABLES) {
    await tx.rows(`DELETE FROM ops.${table} WHERE run_id = ANY ($1::text[])`, [runIds]);
  }
}

/** Removes events and dealt-with dead letters that belong to no run, and ended processes. Returns how many rows. */
export async function purgeOperations(ledger: Queryable, olderThan: string): Promise<number> {
  const statements = [
    'DELETE FROM ops.events WHERE run_id IS NULL AND task_id IS NULL AND at < $1 RETURNING 1',
    'DELETE FROM ops.invocation_nodes WHERE recorded_at < $1 RETURNING 1',
    'DELETE FROM ops.dead_letters WHERE resolved_at < $1 RETURNING 1',
    'DELETE FROM ops.processes WHERE ended_at < $1 RETURNING 1',
  ];
  let removed = 0;
  for (const statement of statements) removed += (await ledger.rows(statement, [olderThan])).length;
  return removed;
}
