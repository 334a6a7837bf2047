import { droppedKeys } from '#shared/ledger/dropped-keys.ts';
import { recordEvent } from '#shared/ledger/events.ts';
import { type ClosingStatus, closeRun } from '#shared/ledger/run-lifecycle.ts';
import { modelReports, type SliceReport, testReports } from '#shared/ledger/run-manifest.ts';
import type { Run } from '#shared/ledger/runs.ts';
import type { TaskCount } from '#shared/ledger/tasks.ts';
import { MAX_NAMED, settleSlices } from '#shared/runs/settle-slices.ts';
import { closingStatus } from './plan-next.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Alerts of one run; the manifest names the rest. */
const MAX_ALERTED = 20;

/** Closes a run with its manifest: what came, what is missing or stale, and why. */
export async function closeFinishedRun(
  deps: SchedulerDeps,
  run: Run,
  counts: readonly TaskCount[],
): Promise<void> {
  const { ledger, metrics, log } = deps;
  const { slices, failed, incomplete } = await settleSlices(deps, run);
  const [models, tests, dropped] = await Promise.all([
    modelReports(ledger, run.runId),
    testReports(ledger, run.runId),
    droppedKeys(ledger, run.runId),
  ]);
  const withheld = models.some((model) => model.status === 'failed');
  const status = statusOf(run, counts, incomplete.length > 0 || withheld);
  await deps.probe.reached('plan.before-close', run.pipeline);
  const outcome = await closeRun(ledger, run.runId, status, {
    asOf: run.asOf,
    slices: slices.slice(0, MAX_NAMED),
    sliceCount: slices.length,
    totals: totalsOf(slices),
    dropped: dropped.slice(0, MAX_NAMED),
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

/** What all slices of a run brought and cost together. */
function totalsOf(slices: readonly SliceReport[]) {
  const calls: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const totals = { rows: 0, rejectedRows: 0, expected: 0, answered: 0, bytes: 0 };
  for (const slice of slices) {
    totals.rows += slice.rows;
    totals.rejectedRows += slice.rejectedRows;
    totals.expected += slice.expected ?? 0;
    totals.answered += slice.answered ?? 0;
    totals.bytes += slice.bytes;
    addUp(calls, slice.callsByWay);
    addUp(errors, slice.errors);
  }
  return { ...totals, calls, errors };
}

function addUp(into: Record<string, number>, counts: Readonly<Record<string, number>> | null): void {
  for (const [name, count] of Object.entries(counts ?? {})) into[name] = (into[name] ?? 0) + count;
}
