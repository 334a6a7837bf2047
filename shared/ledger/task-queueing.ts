import type { TaskKind } from '#shared/contracts/task.ts';
import type { Queryable } from './queryable.ts';

/** A task that has, or is about to get, a job. */
export interface QueuedTask {
  readonly taskId: string;
  readonly runId: string;
  readonly kind: TaskKind;
  readonly shard: string;
  readonly generation: number;
  /** `<kind>-<taskId>-<generation>`, as the job catalogue builds it. */
  readonly jobId: string;
}

const QUEUED_COLUMNS = `t.task_id AS "taskId", t.run_id AS "runId", t.kind, t.shard, t.generation, t.job_id AS "jobId"`;

export interface TakePendingOptions {
  readonly kind: TaskKind;
  /** Default: any. */
  readonly shard?: string;
  readonly limit: number;
}

/**
 * Marks waiting tasks as queued, each with a new generation and job id, and returns them for enqueueing. Oldest run first,
 * cheapest task first within a run. Concurrent callers take different tasks.
 *
 * A crash between this and the enqueueing leaves tasks queued without a job: the reconciler finds them.
 */
export function takePending(ledger: Queryable, options: TakePendingOptions): Promise<QueuedTask[]> {
  const { kind, shard, limit } = options;
  const ofShard = shard === undefined ? '' : 'AND t.shard = $3';
  return ledger.rows<QueuedTask & Record<string, unknown>>(
    `WITH picked AS MATERIALIZED (
       SELECT t.task_id FROM (
         SELECT run_id, requested_at FROM ops.runs
         WHERE status = 'running' AND cancel_requested_at IS NULL ORDER BY requested_at, run_id
       ) r CROSS JOIN LATERAL (
         SELECT t.task_id FROM ops.tasks t
         WHERE t.run_id = r.run_id AND t.status = 'pending' AND t.kind = $1 ${ofShard}
           AND (t.not_before IS NULL OR t.not_before <= clock_timestamp())
         ORDER BY t.shard, t.expected_cost, t.task_id LIMIT $2 FOR NO KEY UPDATE OF t SKIP LOCKED
       ) t LIMIT $2
     ), placed AS (
       SELECT task_id, row_number() OVER () AS place FROM picked
     ), moved AS (
       UPDATE ops.tasks t SET status = 'queued', generation = t.generation + 1, enqueued_at = clock_timestamp(),
         job_id = t.kind || '-' || t.task_id || '-' || (t.generation + 1)
       FROM placed p WHERE t.task_id = p.task_id RETURNING ${QUEUED_COLUMNS}, p.place
     )
     SELECT "taskId", "runId", kind, shard, generation, "jobId" FROM moved ORDER BY place`,
    shard === undefined ? [kind, limit] : [kind, limit, shard],
    shard === undefined ? 'ledger-take-any' : 'ledger-take-shard',
  );
}

/**
 * Gives tasks back that could not be enqueued or claimed: queued → pending, if they still belong to that job.
 *
 * @param retryInMs how long they wait before they are taken again, default 0.
 * @returns the ids given back.
 */
export async function unqueueTasks(
  ledger: Queryable,
  tasks: readonly Pick<QueuedTask, 'taskId' | 'jobId'>[],
  retryInMs = 0,
): Promise<string[]> {
  const rows = await ledger.rows<{ taskId: string }>(
    `WITH held AS MATERIALIZED (
       SELECT t.task_id FROM ops.tasks t
       JOIN unnest($1::bigint[], $2::text[]) AS w (task_id, job_id) ON w.task_id = t.task_id AND w.job_id = t.job_id
       WHERE t.status = 'queued' ORDER BY t.task_id FOR NO KEY UPDATE OF t
     )
     UPDATE ops.tasks t SET status = 'pending', job_id = NULL,
       not_before = CASE WHEN $3::bigint > 0 THEN clock_timestamp() + $3::bigint * interval '1 millisecond' END
     FROM held h WHERE t.task_id = h.task_id RETURNING t.task_id AS "taskId"`,
    [tasks.map((task) => task.taskId), tasks.map((task) => task.jobId), Math.ceil(retryInMs)],
  );
  return rows.map((row) => row.taskId);
}

export interface QueuedFilter {
  readonly kind?: TaskKind;
  readonly shard?: string;
  /** Only tasks queued for longer than this. */
  readonly olderThanMs: number;
  /** Default 1000. */
  readonly limit?: number;
}

/** Tasks that should have a job in the queue, oldest first: what the reconciler compares with the queue. */
export function queuedTasks(ledger: Queryable, filter: QueuedFilter): Promise<QueuedTask[]> {
  return ledger.rows<QueuedTask & Record<string, unknown>>(
    `SELECT ${QUEUED_COLUMNS} FROM ops.tasks t
     WHERE t.status = 'queued' AND ($1::text IS NULL OR t.kind = $1) AND ($2::text IS NULL OR t.shard = $2)
       AND t.enqueued_at <= clock_timestamp() - $3::bigint * interval '1 millisecond'
     ORDER BY t.enqueued_at, t.task_id LIMIT $4`,
    [filter.kind ?? null, filter.shard ?? null, Math.ceil(filter.olderThanMs), filter.limit ?? 1_000],
  );
}

/**
 * Takes back tasks whose job the queue has lost: pending, and the next `takePending` makes a job with a new generation. One
 * that was claimed or queued anew meanwhile stays.
 */
export function requeueLost(
  ledger: Queryable,
  tasks: readonly Pick<QueuedTask, 'taskId' | 'jobId'>[],
): Promise<string[]> {
  return unqueueTasks(ledger, tasks);
}

/** How many tasks of a kind (and shard) have a job now: the fill level that a high-water mark is compared with. */
export async function queuedCount(ledger: Queryable, kind: TaskKind, shard?: string): Promise<number> {
  const rows = await ledger.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM ops.tasks
     WHERE status = 'queued' AND kind = $1 AND ($2::text IS NULL OR shard = $2)`,
    [kind, shard ?? null],
  );
  return rows[0]?.count ?? 0;
}

/**
 * The kinds and shards that have something waiting in a run that may go on: what the scheduler's filler walks. Some of it may
 * have to wait a while yet. Skips from one to the next, so its cost does not grow with the number of tasks.
 */
export function pendingByQueue(
  ledger: Queryable,
): Promise<{ readonly kind: TaskKind; readonly shard: string }[]> {
  return ledger.rows<{ kind: TaskKind; shard: string }>(
    `WITH RECURSIVE found AS (
       SELECT r.run_id, n.kind, n.shard FROM ops.runs r CROSS JOIN LATERAL (
         SELECT t.kind, t.shard FROM ops.tasks t WHERE t.run_id = r.run_id AND t.status = 'pending'
         ORDER BY t.kind, t.shard LIMIT 1
       ) n WHERE r.status = 'running' AND r.cancel_requested_at IS NULL
       UNION ALL
       SELECT f.run_id, n.kind, n.shard FROM found f CROSS JOIN LATERAL (
         SELECT t.kind, t.shard FROM ops.tasks t WHERE t.run_id = f.run_id AND t.status = 'pending'
           AND (t.kind, t.shard) > (f.kind, f.shard) ORDER BY t.kind, t.shard LIMIT 1
       ) n
     ) SELECT DISTINCT kind, shard FROM found ORDER BY kind, shard`,
    [],
    'ledger-pending-queues',
  );
}
