import type { TaskKind, TaskRef } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import { firstRow, type Queryable } from './queryable.ts';

/** What a guarded write may take from its task. */
export interface GuardedTask {
  readonly runId: string;
  readonly kind: TaskKind;
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
}

/**
 * First statement of every transaction that writes for a task: locks the task's row in share mode while its attempt is the
 * current one, so that no later claim gets past before this transaction has ended.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT.
 */
export async function guardAttempt(tx: Queryable, ref: TaskRef): Promise<GuardedTask> {
  const task = await firstRow(
    tx.rows<GuardedTask & Record<string, unknown>>(
      `SELECT run_id AS "runId", kind, pipeline, stream, slice FROM ops.tasks
       WHERE task_id = $1 AND attempt = $2 AND status = 'running' FOR SHARE`,
      [ref.taskId, ref.attempt],
      'ledger-guard',
    ),
  );
  if (task === undefined) throw supersededError(ref);
  return task;
}

/** The error of an attempt that is not current. */
export function supersededError(ref: TaskRef): PenstockError {
  return new PenstockError(ledgerErrors.superseded, { taskId: ref.taskId, attempt: ref.attempt });
}
