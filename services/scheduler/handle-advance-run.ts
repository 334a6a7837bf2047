import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { cancelWaitingTasks, releaseHeld, startRun } from '#shared/ledger/run-lifecycle.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { insertTasks, type TaskSpec, type TaskState, taskCounts, taskStates } from '#shared/ledger/tasks.ts';
import type { Handler } from '#shared/queue/queue-port.ts';
import { beginningOf, isListed, taskShardOf } from '#shared/runs/slices-of.ts';
import { closeFinishedRun } from './close-run.ts';
import { fillQueues } from './fill-queues.ts';
import { type NextTask, planNext } from './plan-next.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Bounds one job; whatever is left goes on with the next nudge. */
const MAX_STEPS = 8;

/**
 * The barrier. Looks at what the ledger holds of a run, inserts what comes next, or closes the run; then fills
 * the queues. Any number of these may run at once: every insert and the close are idempotent in the ledger.
 */
export function handleAdvanceRun(deps: SchedulerDeps): Handler<'advanceRun'> {
  return async ({ runId }) => {
    const run = await getRun(deps.ledger, runId);
    if (run === undefined) return;
    await advance(deps, run);
    await fillQueues(deps);
  };
}

async function advance(deps: SchedulerDeps, run: Run): Promise<void> {
  const { ledger } = deps;
  // Before the run starts: a scheduler that dies in between finds it queued and inserts what is missing.
  if (run.status === 'queued') await insertTasks(ledger, run.runId, firstTasks(deps, run));
  await deps.probe.reached('plan.tasks-inserted', run.pipeline);
  if ((await startRun(ledger, run.runId)) === 'closed') return;
  if (run.cancelRequestedAt !== null) await cancelWaitingTasks(ledger, run.runId);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    // Which statuses there are, not how many of each: that would count every task of the run after every ending.
    const next = nextStep(deps, run, await taskStates(ledger, run.runId));
    if (next.step === 'wait') return;
    if (next.step === 'close') return closeFinishedRun(deps, run, await taskCounts(ledger, run.runId));
    await insertTasks(
      ledger,
      run.runId,
      next.tasks.map((task) => specOf(deps, task)),
    );
    if (run.retries > 0) await releaseHeld(ledger, run.runId, next.tasks);
  }
}

/** A cancelled run plans nothing more: it closes once its running tasks have ended. */
function nextStep({ pipelines }: SchedulerDeps, run: Run, states: readonly TaskState[]) {
  const pipeline = pipelines.get(run.pipeline);
  const streams = run.streams.map((name) => ({
    name,
    isListed: pipeline !== undefined && isListed(pipeline, name),
  }));
  const next = planNext(streams, run.layers.length > 0, states);
  if (run.cancelRequestedAt === null || next.step !== 'insert') return next;
  const open = states.some(
    ({ status }) => status === 'pending' || status === 'queued' || status === 'running',
  );
  return open ? ({ step: 'wait' } as const) : ({ step: 'close' } as const);
}

/** Slices of streams that have one; for the others, the shards that list them. */
function firstTasks(deps: SchedulerDeps, run: Run): TaskSpec[] {
  const { maxTaskAttempts: maxAttempts } = deps.settings;
  const pipeline = pipelineNamed(deps.pipelines, run.pipeline);
  const { slices, discoveries } = beginningOf(pipeline, run.streams);
  return [
    ...discoveries.map((one) => ({
      kind: 'discover' as const,
      maxAttempts,
      slice: `${one.source}/${one.shard}`,
      shard: taskShardOf(pipeline, one),
    })),
    ...slices.map((slice) => ({ kind: 'extract' as const, maxAttempts, ...slice })),
  ];
}

const specOf = (deps: SchedulerDeps, task: NextTask): TaskSpec => ({
  ...task,
  maxAttempts: deps.settings.maxTaskAttempts,
});
