import type { Queryable } from './queryable.ts';

export interface ScheduleState {
  readonly pipeline: string;
  readonly schedule: string;
  readonly paused: boolean;
  readonly changedAt: string;
  readonly changedBy: string;
}

/** Pauses or resumes a schedule. Repeating it changes nothing, not even who did it. */
export async function setSchedulePaused(
  ledger: Queryable,
  pipeline: string,
  schedule: string,
  paused: boolean,
  who: string,
): Promise<void> {
  await ledger.rows(
    `INSERT INTO ops.schedule_state AS s (pipeline, schedule, paused, changed_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (pipeline, schedule) DO UPDATE SET paused = excluded.paused, changed_by = excluded.changed_by,
       changed_at = clock_timestamp() WHERE s.paused <> excluded.paused`,
    [pipeline, schedule, paused, who],
  );
}

/** Every schedule that was ever paused, and how it stands now. One that is not listed runs. */
export function scheduleStates(ledger: Queryable): Promise<ScheduleState[]> {
  return ledger.rows<ScheduleState & Record<string, unknown>>(
    `SELECT pipeline, schedule, paused, changed_at AS "changedAt", changed_by AS "changedBy"
     FROM ops.schedule_state ORDER BY pipeline, schedule`,
  );
}
