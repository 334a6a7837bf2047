import type { PostgresConnection } from 'bullmq';
import type { Retention } from './queue-config.ts';

/** How often finished jobs are counted and the surplus removed. */
export const TRIM_EVERY_MS = 1_000;

/** How many finished jobs BullMQ itself leaves when one ends: none when none is to be kept, else all (-1). */
export const atTheEnd = (keptCount: number) => ({ count: keptCount === 0 ? 0 : -1 });

/**
 * Removes finished jobs beyond count and age. The newest are kept.
 *
 * BullMQ would do this inside every acknowledgement: each sorts all that is kept, and several at once delete the same
 * rows, which was measured to end in deadlocks of a second each. Here one statement does it for all, and skips
 * what another process is removing.
 */
export async function trimFinished(
  { pool }: Pick<PostgresConnection, 'pool'>,
  queue: string,
  retention: Retention,
): Promise<void> {
  const { completedCount, completedAgeSeconds, failedCount, failedAgeSeconds } = retention;
  await pool.query(TRIM, [queue, 'completed', completedCount, Date.now() - completedAgeSeconds * 1_000]);
  await pool.query(TRIM, [queue, 'failed', failedCount, Date.now() - failedAgeSeconds * 1_000]);
}

const TRIM = `
  DELETE FROM job WHERE queue = $1 AND id IN (
    SELECT id FROM job
     WHERE queue = $1 AND state = $2::job_state AND finished_at_ms <= greatest($4::bigint, (
       SELECT finished_at_ms FROM job WHERE queue = $1 AND state = $2::job_state
        ORDER BY finished_at_ms DESC OFFSET $3 LIMIT 1))
     FOR UPDATE SKIP LOCKED)`;
