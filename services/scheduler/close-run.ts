import { type ClosingStatus, closeRun } from '#shared/ledger/run-lifecycle.ts';
import { modelReports, type SliceReport, sliceReports, testReports } from '#shared/ledger/run-manifest.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { type TaskCount, unsuccessfulTasks } from '#shared/ledger/tasks.ts';
import { closingStatus } from './plan-next.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Slices named in a manifest one by one; beyond, only their number. */
const MAX_NAMED = 1_000;

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
  const maxHeldBackMs = maxHeldBackOf(deps, run);
  const incomplete = slices.filter((slice) => isIncomplete(slice, maxHeldBackMs));
  const withheld = models.some((model) => model.status === 'failed');
  const status = statusOf(run, counts, incomplete.length > 0 || withheld);
  await deps.probe.reached('plan.before-close', run.pipeline);
  const outcome = await closeRun(ledger, run.runId, status, {
    asOf: run.asOf,
    slices: slices.slice(0, MAX_NAMED),
    sliceCount: slices.length,
    incomplete: incomplete
      .slice(0, MAX_NAMED)
      .map(({ stream, slice, reason }) => ({ stream, slice, reason })),
    models,
    tests,
    failedTasks: failed.map(({ kind, stream, slice, error }) => ({ kind, stream, slice, error })),
  });
  if (outcome === 'already') return;
  metrics.runs.inc({ pipeline: run.pipeline, status });
  log.info({ run: run.runId, pipeline: run.pipeline, status, incomplete: incomplete.length }, 'run closed');
}

function statusOf(run: Run, counts: readonly TaskCount[], incomplete: boolean): ClosingStatus {
  return run.cancelRequestedAt === null ? closingStatus(counts, incomplete) : 'cancelled';
}

/** A slice whose rows are not all in bronze, or whose bound hangs on one transaction for too long. */
function isIncomplete(slice: SliceReport, maxHeldBackMs: number): boolean {
  return slice.quarantinedFiles > 0 || slice.heldBackMs > maxHeldBackMs || slice.status === 'failed';
}

function maxHeldBackOf(deps: SchedulerDeps, run: Run): number {
  const sources = Object.values(deps.pipelines.get(run.pipeline)?.sources ?? {});
  return Math.min(...sources.map((source) => source.maxHeldBackMs), Number.MAX_SAFE_INTEGER);
}
