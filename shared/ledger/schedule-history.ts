import type { Queryable } from './queryable.ts';

/** How the runs of a schedule go. */
export type ScheduleHistory = {
  readonly pipeline: string;
  readonly schedule: string;
  /** Of its newest run. */
  readonly lastLogicalTime: string;
  /** Whether its newest run is open. */
  readonly isOpen: boolean;
  /** Median of its last runs that brought something, from when they were due to their end; null before the first. */
  readonly usualMs: number | null;
};

/** Runs a usual duration is taken of. */
const LAST_RUNS = 11;

/** See {@link ScheduleHistory}; one for each schedule that ever ran. */
export function scheduleHistories(ledger: Queryable): Promise<ScheduleHistory[]> {
  return ledger.rows<ScheduleHistory>(
    `SELECT s.pipeline, s.schedule, n.logical_time AS "lastLogicalTime", n.finished_at IS NULL AS "isOpen",
       u.usual AS "usualMs"
     FROM (SELECT DISTINCT pipeline, schedule FROM ops.runs WHERE schedule IS NOT NULL) s
     CROSS JOIN LATERAL (
       SELECT logical_time, finished_at FROM ops.runs r WHERE r.pipeline = s.pipeline AND r.schedule = s.schedule
       ORDER BY logical_time DESC LIMIT 1
     ) n
     CROSS JOIN LATERAL (
       SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY l.took) AS usual FROM (
         SELECT (extract(epoch FROM r.finished_at - r.requested_at) * 1000)::float8 AS took FROM ops.runs r
         WHERE r.pipeline = s.pipeline AND r.schedule = s.schedule AND r.status IN ('succeeded', 'partial')
         ORDER BY r.logical_time DESC LIMIT $1
       ) l
     ) u ORDER BY s.pipeline, s.schedule`,
    [LAST_RUNS],
  );
}
