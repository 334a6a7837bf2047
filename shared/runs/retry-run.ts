import { queues } from '#shared/contracts/jobs.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { retryRun } from '#shared/ledger/run-lifecycle.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { runErrors } from './errors.ts';

/** Steps behind the slices: they are done again once the slices have ended, in their order. */
const BEHIND = ['load', 'merge', 'models'] as const;

/** A run that was opened again. */
export interface RetriedRun {
  readonly run: Run;
  /** Tasks that go back, those behind the slices included. */
  readonly tasks: number;
  /** Whether the scheduler could be told; its next tick finds the run otherwise. */
  readonly announced: boolean;
}

/**
 * Runs again only what a run is missing: slices that failed or came in part, shards that were not reached, and then what
 * stands behind them. What had succeeded is not asked for again.
 *
 * @throws PenstockError RUN_NOT_FOUND; RUN_NOTHING_TO_RETRY when it is open or brought everything; LEDGER_RUN_SLOT_TAKEN while
 *   another run of its schedule is open.
 */
export async function retryMissing(
  stores: { readonly ledger: Ledger; readonly queue: QueuePort },
  runId: string,
): Promise<RetriedRun> {
  const before = await getRun(stores.ledger, runId);
  if (before === undefined) throw new PenstockError(runErrors.notFound, { run: runId });
  if (!['partial', 'failed', 'cancelled'].includes(before.status)) {
    throw new PenstockError(runErrors.nothingToRetry, { run: runId, status: before.status });
  }
  const tasks = await retryRun(stores.ledger, runId, { again: BEHIND, hold: BEHIND });
  const announced = await stores.queue.nudge(queues.scheduler, 'advanceRun', { runId }).then(
    () => true,
    () => false,
  );
  return { run: (await getRun(stores.ledger, runId)) ?? before, tasks, announced };
}
