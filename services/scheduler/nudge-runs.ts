import { queues } from '#shared/contracts/jobs.ts';
import { openRuns } from '#shared/ledger/runs.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Asks for a run to be advanced at once, without waiting for the tick. */
export async function nudgeRun({ queue }: Pick<SchedulerDeps, 'queue'>, runId: string): Promise<void> {
  await queue.nudge(queues.scheduler, 'advanceRun', { runId });
}

/** Nudges every open run: the safety net for a nudge that was lost with its process. */
export async function nudgeOpenRuns(deps: SchedulerDeps): Promise<void> {
  for (const run of await openRuns(deps.ledger)) await nudgeRun(deps, run.runId);
}
