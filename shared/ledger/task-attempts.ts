import type { TaskRef } from '#shared/contracts/task.ts';
import { isError } from '#shared/errors/penstock-error.ts';
import { constraintOf, postgresErrors } from '#shared/errors/postgres-error.ts';
import { type ClaimAnswer, type ClaimRequest, claimInOneStatement } from './claim-statement.ts';
import { type FinishStatus, finishInOneStatement } from './finish-statement.ts';
import { supersededError } from './guard-attempt.ts';
import { type JsonObject, jsonParam, type RecordedError } from './json.ts';
import type { Ledger } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

/**
 * Takes a task for a worker: allowed while it is pending or queued, while it runs with an expired lease, or while it runs
 * for the same job (the queue delivered that again, so its former worker is dead or superseded). Raises the attempt.
 *
 * A refusal changes nothing. After `slice_busy` or `not_yet` give the task back by `unqueueTasks`.
 */
export async function claimTask(
  ledger: Ledger,
  taskId: string,
  by: Omit<ClaimRequest, 'taskId'>,
): Promise<ClaimAnswer> {
  const request: ClaimRequest = { taskId, ...by };
  try {
    if (ledger.batcher !== undefined) return await ledger.batcher.claim(request);
    const [answer] = await claimInOneStatement(ledger, [request]);
    return answer ?? { refused: 'not_found' };
  } catch (error) {
    if (isLostSliceRace(error)) return { refused: 'slice_busy' };
    throw error;
  }
}

function isLostSliceRace(error: unknown): boolean {
  const constraint = constraintOf(error) ?? '';
  return isError(error, postgresErrors.constraint) && constraint.startsWith('tasks_one_running_');
}

/**
 * Ends a task well.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export async function finishTask(
  ledger: Ledger,
  ref: TaskRef,
  status: FinishStatus,
  result?: JsonObject,
): Promise<void> {
  const request = { ref, status, result };
  const done = await (ledger.batcher?.finish(request) ?? finishAlone(ledger, request));
  if (!done) throw supersededError(ref);
}

/** The same inside a transaction of the caller's, with other guarded writes. */
export async function finishTaskIn(
  tx: Queryable,
  ref: TaskRef,
  status: FinishStatus,
  result?: JsonObject,
): Promise<void> {
  if (!(await finishAlone(tx, { ref, status, result }))) throw supersededError(ref);
}

async function finishAlone(
  ledger: Queryable,
  request: { ref: TaskRef; status: FinishStatus; result: JsonObject | undefined },
): Promise<boolean> {
  const [done] = await finishInOneStatement(ledger, [request]);
  return done === true;
}

/** What to do about a failure: try again after a while (if the budget allows), or give up now. */
export type AfterFailure = { readonly retryInMs: number } | { readonly giveUp: true };

/**
 * Records a failure. The task goes back to pending, or ends `failed` when given up or when its budget is spent
 * (`failures + 1 >= max_attempts`).
 *
 * @param error redacted by the caller; it stays visible while the task waits for its next attempt.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export async function failTask(
  ledger: Queryable,
  ref: TaskRef,
  error: RecordedError,
  after: AfterFailure,
): Promise<'retrying' | 'failed'> {
  const giveUp = 'giveUp' in after;
  const row = await firstRow(
    ledger.rows<{ status: string }>(
      `UPDATE ops.tasks SET failures = failures + 1, error = $3, owner = NULL, lease_until = NULL, job_id = NULL,
         status = CASE WHEN $4 OR failures + 1 >= max_attempts THEN 'failed' ELSE 'pending' END,
         finished_at = CASE WHEN $4 OR failures + 1 >= max_attempts THEN clock_timestamp() END,
         not_before = CASE WHEN NOT ($4 OR failures + 1 >= max_attempts)
           THEN clock_timestamp() + $5::bigint * interval '1 millisecond' END
       WHERE task_id = $1 AND attempt = $2 AND status = 'running' RETURNING status`,
      [ref.taskId, ref.attempt, jsonParam(error), giveUp, giveUp ? 0 : Math.ceil(after.retryInMs)],
    ),
  );
  if (row === undefined) throw supersededError(ref);
  return row.status === 'failed' ? 'failed' : 'retrying';
}

/**
 * Gives a task back unfinished, for a worker that drains: pending at once, no failure counted.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export async function releaseTask(ledger: Queryable, ref: TaskRef): Promise<void> {
  const rows = await ledger.rows(
    `UPDATE ops.tasks SET status = 'pending', owner = NULL, lease_until = NULL, job_id = NULL
     WHERE task_id = $1 AND attempt = $2 AND status = 'running' RETURNING task_id`,
    [ref.taskId, ref.attempt],
  );
  if (rows.length === 0) throw supersededError(ref);
}

/**
 * Ends a task whose run was asked to end.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function cancelTask(ledger: Ledger, ref: TaskRef): Promise<void> {
  return finishTask(ledger, ref, 'cancelled');
}
