import { recordEvent } from '#shared/ledger/events.ts';
import { type ClosingStatus, closeRun } from '#shared/ledger/run-lifecycle.ts';
import { modelReports, sliceReports, testReports } from '#shared/ledger/run-manifest.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { type TaskCount, unsuccessfulTasks } from '#shared/ledger/tasks.ts';
import { incompleteSlices } from './incomplete-slices.ts';
import { closingStatus } from './plan-next.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Slices named in a manifest one by one; beyond, only their number. */
const MAX_NAMED = 1_000;
/** Alerts of one run; the manifest names the rest. */
const MAX_ALERTED = 20;

/** Closes a run with its manifest: what came, what is missing or stale, and why. */
export async function closeFinishedRun(
  deps: SchedulerDeps,
  run: Run,
  counts: readonly TaskCount[],
): Promise<void> {
  const { ledger, metrics, log } = deps;
  const [slices, models, tests, failed] = await Promise.all([
    sliceReports(ledger, run.runId),
    modelReports(ledger, run.runId),
    testReports(ledger, run.runId),
    unsuccessfulTasks(ledger, run.runId, MAX_NAMED),
  ]);
  const incomplete = incompleteSlices(slices, failed, maxHeldBackOf(deps, run));
  const withheld = models.some((model) => model.status === 'failed');
  const status = statusOf(run, counts, incomplete.length > 0 || withheld);
  await deps.probe.reached('plan.before-close', run.pipeline);
  const outcome = await closeRun(ledger, run.runId, status, {
    asOf: run.asOf,
    slices: slices.slice(0, MAX_NAMED),
    sliceCount: slices.length,
    incomplete: incomplete.slice(0, MAX_NAMED),
    models,
    tests,
    failedTasks: failed.map(({ kind, stream, slice, error }) => ({ kind, stream, slice, error })),
  });
  if (outcome === 'already') return;
  for (const facts of incomplete.slice(0, MAX_ALERTED)) {
    await recordEvent(ledger, {
      level: 'warn',
      type: 'slice.incomplete',
      pipeline: run.pipeline,
      runId: run.runId,
      facts,
    });
    log.warn({ run: run.runId, pipeline: run.pipeline, ...facts }, 'slice is missing or stale');
  }
  metrics.runs.inc({ pipeline: run.pipeline, status });
  log.info({ run: run.runId, pipeline: run.pipeline, status, incomplete: incomplete.length }, 'run closed');
}

function statusOf(run: Run, counts: readonly TaskCount[], incomplete: boolean): ClosingStatus {
  return run.cancelRequestedAt === null ? closingStatus(counts, incomplete) : 'cancelled';
}

function maxHeldBackOf(deps: SchedulerDeps, run: Run): number {
  const sources = Object.values(deps.pipelines.get(run.pipeline)?.sources ?? {});
  return Math.min(...sources.map((source) => source.maxHeldBackMs), Number.MAX_SAFE_INTEGER);
}
