import type { TaskRef } from '#shared/contracts/task.ts';
import { type JsonObject, jsonParam } from './json.ts';
import type { Queryable } from './queryable.ts';

/** How a task can end well; `cancelled` is for one whose run was asked to end. */
export type FinishStatus = 'succeeded' | 'no_changes' | 'skipped' | 'cancelled';

export interface FinishRequest {
  readonly ref: TaskRef;
  readonly status: FinishStatus;
  readonly result: JsonObject | undefined;
}

const FINISH = `
  WITH wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[]) AS w (task_id, attempt, status, result)
  ), held AS MATERIALIZED (
    SELECT t.task_id, w.status, w.result FROM ops.tasks t JOIN wanted w ON w.task_id = t.task_id
    WHERE t.attempt = w.attempt AND t.status = 'running' ORDER BY t.task_id FOR NO KEY UPDATE OF t
  )
  UPDATE ops.tasks t SET status = h.status, result = h.result::jsonb, error = NULL, owner = NULL, lease_until = NULL,
    finished_at = clock_timestamp()
  FROM held h WHERE t.task_id = h.task_id RETURNING t.task_id AS "taskId"`;

/** Ends each task whose attempt is current; says for each, in the order of `requests`, whether it was. */
export async function finishInOneStatement(
  ledger: Queryable,
  requests: readonly FinishRequest[],
): Promise<boolean[]> {
  const rows = await ledger.rows<{ taskId: string }>(
    FINISH,
    [
      requests.map((request) => request.ref.taskId),
      requests.map((request) => request.ref.attempt),
      requests.map((request) => request.status),
      requests.map((request) => jsonParam(request.result)),
    ],
    'ledger-finish',
  );
  const done = new Set(rows.map((row) => row.taskId));
  return requests.map((request) => done.has(request.ref.taskId));
}
