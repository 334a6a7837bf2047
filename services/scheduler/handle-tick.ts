import { createDueRuns } from './due-runs.ts';
import { fillQueues } from './fill-queues.ts';
import { nudgeRun } from './nudge-runs.ts';
import type { Reconciler } from './reconcile.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/**
 * One short tick: makes due runs, fills the queues, and from time to time reconciles. Every step is idempotent,
 * so a tick that dies half-way costs nothing but the wait for the next.
 */
export function handleTick(deps: SchedulerDeps, reconciler: Reconciler): () => Promise<void> {
  return async () => {
    for (const runId of await createDueRuns(deps)) await nudgeRun(deps, runId);
    await fillQueues(deps);
    if (reconciler.isDue()) await reconciler.reconcile();
  };
}
