import type { TaskRef } from '#shared/contracts/task.ts';
import { jsonParam } from './json.ts';
import type { Queryable } from './queryable.ts';

export interface HeartbeatAnswer {
  /** No longer the worker's own: abort them, their writes are refused. */
  readonly lost: TaskRef[];
  /** Still its own, but the run was asked to end: abort them, then `cancelTask`. */
  readonly cancelled: TaskRef[];
}

/** Renews the leases of everything a worker holds, in one statement. */
export async function heartbeat(
  ledger: Queryable,
  owner: string,
  leaseMs: number,
  held: readonly TaskRef[],
): Promise<HeartbeatAnswer> {
  if (held.length === 0) return { lost: [], cancelled: [] };
  const rows = await ledger.rows<{ taskId: string; attempt: number; cancelled: boolean }>(
    `WITH mine AS MATERIALIZED (
       SELECT t.task_id FROM ops.tasks t
       JOIN unnest($2::bigint[], $3::int[]) AS h (task_id, attempt) ON h.task_id = t.task_id AND h.attempt = t.attempt
       WHERE t.owner = $1 AND t.status = 'running' ORDER BY t.task_id FOR NO KEY UPDATE OF t
     )
     UPDATE ops.tasks t SET lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond'
     FROM mine m, ops.runs r WHERE t.task_id = m.task_id AND r.run_id = t.run_id
     RETURNING t.task_id AS "taskId", t.attempt, r.cancel_requested_at IS NOT NULL AS cancelled`,
    [owner, held.map((ref) => ref.taskId), held.map((ref) => ref.attempt), Math.ceil(leaseMs)],
    'ledger-heartbeat',
  );
  // By attempt too: after a redelivery one process may hold two attempts of a task.
  const cancelled = new Map(rows.map((row) => [keyOf(row), row.cancelled]));
  return {
    lost: held.filter((ref) => !cancelled.has(keyOf(ref))),
    cancelled: held.filter((ref) => cancelled.get(keyOf(ref)) === true),
  };
}

const keyOf = ({ taskId, attempt }: TaskRef): string => `${taskId}/${attempt}`;

export interface ExpiredTask {
  readonly taskId: string;
  readonly runId: string;
  readonly outcome: 'pending' | 'failed';
}

export interface ExpiryOptions {
  /** A task that outlived this many workers is given up as failed; default 20. It probably kills them. */
  readonly giveUpAfter?: number;
  readonly limit?: number;
}

/**
 * Takes tasks from workers whose lease has run out: back to pending, where the next claim fences the former attempt. Safe to
 * run in several processes at once.
 */
export function expireLeases(ledger: Queryable, options: ExpiryOptions = {}): Promise<ExpiredTask[]> {
  const error = jsonParam({
    code: 'TASK_LOST_TOO_OFTEN',
    message: 'the workers of this task kept dying; look for what kills them (memory, a native crash)',
    actor: 'operator',
  });
  return ledger.rows<{ taskId: string; runId: string; outcome: 'pending' | 'failed' }>(
    `WITH expired AS MATERIALIZED (
       SELECT task_id FROM ops.tasks WHERE status = 'running' AND lease_until < clock_timestamp()
       ORDER BY task_id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
     )
     UPDATE ops.tasks t SET owner = NULL, lease_until = NULL, job_id = NULL, lost_leases = lost_leases + 1,
       status = CASE WHEN lost_leases + 1 >= $1 THEN 'failed' ELSE 'pending' END,
       finished_at = CASE WHEN lost_leases + 1 >= $1 THEN clock_timestamp() END,
       error = CASE WHEN lost_leases + 1 >= $1 THEN $3::jsonb ELSE error END
     FROM expired e WHERE t.task_id = e.task_id
     RETURNING t.task_id AS "taskId", t.run_id AS "runId", t.status AS outcome`,
    [options.giveUpAfter ?? 20, options.limit ?? 1_000, error],
  );
}
