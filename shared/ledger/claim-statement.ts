import type { QueryResultRow } from 'pg';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { Queryable } from './queryable.ts';

/** Why a claim was refused. All but `not_yet` and `slice_busy` mean: acknowledge the job, nothing is left to do. */
export type ClaimRefusal = 'finished' | 'leased' | 'slice_busy' | 'not_found' | 'not_yet' | 'cancelled';

export interface ClaimRequest {
  readonly taskId: string;
  /** Process id of the claimer, see `processes`. */
  readonly owner: string;
  /** Job that brought the task; a redelivery of the same job takes the task over from its former worker. */
  readonly jobId: string;
  readonly leaseMs: number;
}

export type ClaimAnswer =
  | { readonly claimed: ClaimedTask; readonly refused?: never }
  | { readonly refused: ClaimRefusal; readonly claimed?: never };

interface ClaimRow extends QueryResultRow, Omit<ClaimedTask, 'attempt'> {
  readonly attempt: number | null;
  readonly refused: ClaimRefusal | null;
}

/**
 * Claims each wanted task at most once. Rows are locked in the order of their ids, so that two batches never deadlock.
 * Exclusive tasks (extract of a slice, merge of a stream, models of a pipeline) are judged against those that run and against
 * earlier ones of the same batch; a race past this judgement ends in a unique violation of `tasks_one_running_*`.
 */
const CLAIM = `
  WITH wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS w (task_id, owner, job, lease_ms)
  ), seen AS MATERIALIZED (
    SELECT t.task_id, t.run_id, t.kind, t.pipeline, t.stream, t.slice, t.status, t.job_id, t.lease_until, t.not_before,
           w.owner, w.job, w.lease_ms
    FROM ops.tasks t JOIN wanted w ON w.task_id = t.task_id
    ORDER BY t.task_id FOR NO KEY UPDATE OF t
  ), judged AS (
    SELECT s.*, CASE
      WHEN s.status NOT IN ('pending', 'queued', 'running') THEN 'finished'
      WHEN r.cancel_requested_at IS NOT NULL THEN 'cancelled'
      WHEN s.status = 'running' AND s.lease_until > clock_timestamp() AND s.job_id IS DISTINCT FROM s.job THEN 'leased'
      WHEN s.status <> 'running' AND s.not_before > clock_timestamp() THEN 'not_yet'
      WHEN EXISTS (SELECT FROM ops.tasks o WHERE o.status = 'running' AND o.kind = 'extract' AND s.kind = 'extract'
             AND o.pipeline = s.pipeline AND o.stream = s.stream AND o.slice = s.slice AND o.task_id <> s.task_id)
        OR EXISTS (SELECT FROM ops.tasks o WHERE o.status = 'running' AND o.kind = 'merge' AND s.kind = 'merge'
             AND o.pipeline = s.pipeline AND o.stream = s.stream AND o.task_id <> s.task_id)
        OR EXISTS (SELECT FROM ops.tasks o WHERE o.status = 'running' AND o.kind = 'models' AND s.kind = 'models'
             AND o.pipeline = s.pipeline AND o.task_id <> s.task_id)
        THEN 'slice_busy'
      END AS refused
    FROM seen s JOIN ops.runs r ON r.run_id = s.run_id
  ), chosen AS (
    SELECT j.task_id, j.owner, j.job, j.lease_ms, j.kind IN ('extract', 'merge', 'models') AND row_number() OVER (
        PARTITION BY j.kind, j.pipeline, CASE WHEN j.kind <> 'models' THEN j.stream END,
          CASE WHEN j.kind = 'extract' THEN j.slice END ORDER BY j.task_id) > 1 AS crowded
    FROM judged j WHERE j.refused IS NULL
  ), moved AS (
    UPDATE ops.tasks t SET status = 'running', attempt = t.attempt + 1, owner = c.owner, job_id = c.job,
      lease_until = clock_timestamp() + c.lease_ms * interval '1 millisecond', started_at = clock_timestamp(),
      not_before = NULL, lost_leases = t.lost_leases + CASE WHEN t.status = 'running' THEN 1 ELSE 0 END
    FROM chosen c WHERE t.task_id = c.task_id AND NOT c.crowded
    RETURNING t.task_id, t.run_id, t.attempt, t.kind, t.pipeline, t.stream, t.slice, t.shard, t.max_attempts
  )
  SELECT w.task_id AS "taskId", m.run_id AS "runId", m.attempt, m.kind, m.pipeline, m.stream, m.slice, m.shard,
    m.max_attempts AS "maxAttempts",
    CASE WHEN m.task_id IS NULL THEN
      CASE WHEN j.task_id IS NULL THEN 'not_found' ELSE coalesce(j.refused, 'slice_busy') END END AS refused
  FROM wanted w LEFT JOIN judged j ON j.task_id = w.task_id LEFT JOIN moved m ON m.task_id = w.task_id`;

/** Runs the claim statement; answers in the order of `requests`, whose task ids differ from one another. */
export async function claimInOneStatement(
  ledger: Queryable,
  requests: readonly ClaimRequest[],
): Promise<ClaimAnswer[]> {
  const rows = await ledger.rows<ClaimRow>(
    CLAIM,
    [
      requests.map((request) => request.taskId),
      requests.map((request) => request.owner),
      requests.map((request) => request.jobId),
      requests.map((request) => Math.ceil(request.leaseMs)),
    ],
    'ledger-claim',
  );
  const byId = new Map(rows.map((row) => [row.taskId, answerOf(row)]));
  return requests.map((request) => byId.get(request.taskId) ?? { refused: 'not_found' });
}

function answerOf(row: ClaimRow): ClaimAnswer {
  const { refused, attempt, ...task } = row;
  return attempt === null ? { refused: refused ?? 'not_found' } : { claimed: { ...task, attempt } };
}
