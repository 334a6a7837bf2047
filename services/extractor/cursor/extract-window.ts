import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { SourceTotals } from '#shared/contracts/source-totals.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { landWindow, openWindow } from '#shared/ledger/windows.ts';

import type { PipelineDeclaration, PostgresStreamDeclaration } from '#shared/pipeline/declaration.ts';
import { planWindow, type WindowPlan } from '#shared/sources/postgres/plan-window.ts';
import type { BoundReading } from '#shared/sources/postgres/read-bound.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskContext, TaskOutcome, TaskWork } from '#shared/task-runner/task-runner.ts';
import { alreadyLanded } from '../already-landed.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { landedStatus } from '../landed-status.ts';
import { type LandedSlice, landParts } from './land-parts.ts';
import { sourceTotals } from './source-totals.ts';
import { takeBound } from './take-bound.ts';
import { modeOf } from './window-mode.ts';

/** What a slice's extraction knows before it reads a row. */
interface Extraction {
  readonly task: ClaimedTask;
  readonly run: Run;
  readonly pipeline: PipelineDeclaration;
  readonly stream: PostgresStreamDeclaration;
  readonly watermark: bigint | null;
  readonly bound: BoundReading;
  readonly plan: WindowPlan;
  /** As the ledger names it. */
  readonly mode: 'full' | 'incremental';
}

/** Reads one slice's window and lands its files; the ledger hears of them in one transaction, or of none. */
export function extractWindow(deps: ExtractorDeps): TaskWork {
  return async (task, context) => {
    const landedBefore = await alreadyLanded(deps.ledger, task);
    if (landedBefore !== undefined) return landedBefore;
    const extraction = await prepare(deps, task);
    if (extraction.plan.empty && !readsRowsWithoutCursor(extraction)) return nothingNew(extraction);
    return await readWindowIntoLanding(deps, extraction, context);
  };
}

async function prepare(deps: ExtractorDeps, task: ClaimedTask): Promise<Extraction> {
  const run = await getRun(deps.ledger, task.runId);
  const pipeline = pipelineNamed(deps.pipelines, task.pipeline);
  const stream = pipeline.streams[task.stream];
  if (run === undefined || stream?.kind !== 'cursor') {
    throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline, stream: task.stream });
  }
  // The bound comes first, before the snapshot: the other order loses what commits in between.
  const bound = await takeBound(deps, pipeline, stream.source);
  const moved = await getWatermark(deps.ledger, task.pipeline, task.stream, task.slice);
  const watermark = moved?.cursor ?? null;
  const windowMode = await modeOf(deps.ledger, run, task, stream, watermark);
  const plan = planWindow({ stream, watermark, bound: bound.bound, asOf: run.asOf, mode: windowMode });
  const mode = windowMode.kind === 'incremental' && watermark !== null ? 'incremental' : 'full';
  return { task, run, pipeline, stream, watermark, bound, plan, mode };
}

/** Rows whose cursor is NULL belong to every window of a cursor that the application writes. */
const readsRowsWithoutCursor = ({ stream }: Extraction): boolean => stream.cursor.setBy === 'application';

function nothingNew({ bound }: Extraction): TaskOutcome {
  return { status: 'no_changes', result: { rows: 0, rejectedRows: 0, ...heldBackOf(bound) } };
}

function heldBackOf({ heldBackMs, heldBackBy, beganBelowBound }: BoundReading): {
  heldBackMs: number;
  heldBackBy: string | null;
  beganBelowBound: string | null;
} {
  return {
    heldBackMs,
    heldBackBy: heldBackBy === null ? null : holderText(heldBackBy),
    beganBelowBound: beganBelowBound === null ? null : `pid=${beganBelowBound.pid}`,
  };
}

async function readWindowIntoLanding(
  deps: ExtractorDeps,
  extraction: Extraction,
  { signal, log }: TaskContext,
): Promise<TaskOutcome> {
  const { task, run, stream, plan, pipeline } = extraction;
  const windowId = await openWindow(deps.ledger, task, windowSpecOf(extraction));
  await deps.probe.reached('extract.window-opened', task.stream);
  const workDir = join(deps.workDir, `${task.taskId}-${task.attempt}`);
  const source = deps.sources.get(pipeline, stream.source);
  const read = await source.readWindow({ stream, window: plan, signal });
  try {
    await deps.probe.reached('extract.snapshot-taken', task.stream);
    const landed = await landParts(deps, { task, run, stream, windowId, workDir, signal }, read);
    const outcome = outcomeOf(extraction, windowId, landed, await sourceTotals(plan, read));
    await recordWindow(deps, extraction, windowId, { landed, sourceOrdinal: read.ordinal, outcome });
    log.info(
      { rows: landed.rows, rejectedRows: landed.rejectedRows, files: landed.files.length },
      'slice landed',
    );
    return outcome;
  } finally {
    await read.close();
    await rm(workDir, { recursive: true, force: true });
  }
}

function windowSpecOf({ mode, watermark, plan, bound }: Extraction) {
  const { heldBackMs, heldBackBy } = heldBackOf(bound);
  return {
    mode,
    fromCursor: watermark,
    toCursor: plan.nextWatermark,
    movesWatermark: plan.nextWatermark !== null,
    heldBackMs,
    ...(heldBackBy === null ? {} : { heldBackBy }),
  };
}

function holderText(holder: NonNullable<BoundReading['heldBackBy']>): string {
  return holder.kind === 'backend' ? `pid=${holder.pid} (${holder.state})` : `gid=${holder.gid}`;
}

/** What the ledger hears of a window. */
interface RecordedRead {
  readonly landed: LandedSlice;
  readonly sourceOrdinal: string;
  readonly outcome: TaskOutcome;
}

async function recordWindow(
  deps: ExtractorDeps,
  { task }: Extraction,
  windowId: string,
  { landed, sourceOrdinal, outcome: { result } }: RecordedRead,
): Promise<void> {
  const { rows, nullCursorRows, rejectedRows, files } = landed;
  const counts = { rows, nullCursorRows, rejectedRows, sourceOrdinal, result };
  await landWindow(deps.ledger, task, windowId, counts, files);
  const labels = { step: 'extract', pipeline: task.pipeline, stream: task.stream };
  deps.metrics.rows.inc(labels, rows);
  deps.metrics.bytes.inc(labels, landed.bytes);
  deps.metrics.rejectedRows.inc({ pipeline: task.pipeline, stream: task.stream }, rejectedRows);
  await deps.probe.reached('extract.file-recorded', task.stream);
}

function outcomeOf(
  { bound, mode }: Extraction,
  windowId: string,
  landed: LandedSlice,
  totals: SourceTotals | undefined,
): TaskOutcome {
  const { rows, rejectedRows, nullCursorRows, bytes, files } = landed;
  const result = { window: windowId, mode, rows, rejectedRows, nullCursorRows, bytes, files: files.length };
  const source = totals === undefined ? {} : { source: { ...totals } };
  return { status: landedStatus(landed), result: { ...result, ...heldBackOf(bound), ...source } };
}
