import { firstRow, type Queryable } from './queryable.ts';

/**
 * Notes a schedule at first sight and tells how it stands. A schedule that never ran has nothing to catch up with: it
 * counts from `seenAt`.
 *
 * @param now as the caller's schedules see it.
 */
export async function ensureSchedule(
  ledger: Queryable,
  pipeline: string,
  schedule: string,
  now: Date,
): Promise<{ readonly paused: boolean; readonly seenAt: string }> {
  const found = await firstRow(stateOf(ledger, pipeline, schedule));
  if (found !== undefined) return found;
  await ledger.rows(
    `INSERT INTO ops.schedule_state (pipeline, schedule, paused, changed_by, changed_at)
     VALUES ($1, $2, false, 'scheduler', $3)
     ON CONFLICT DO NOTHING`,
    [pipeline, schedule, now.toISOString()],
  );
  const made = await firstRow(stateOf(ledger, pipeline, schedule));
  return made ?? { paused: false, seenAt: now.toISOString() };
}

function stateOf(ledger: Queryable, pipeline: string, schedule: string) {
  return ledger.rows<{ paused: boolean; seenAt: string }>(
    `SELECT paused, changed_at AS "seenAt" FROM ops.schedule_state WHERE pipeline = $1 AND schedule = $2`,
    [pipeline, schedule],
  );
}
