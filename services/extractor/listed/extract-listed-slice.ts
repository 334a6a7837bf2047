import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { listedSliceId } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { AskedRun } from '#shared/ledger/runs.ts';
import type { SpooledSlice } from '#shared/parquet/slice-spool.ts';
import { keptFrom } from '#shared/pipeline/contract-as-of.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type {
  HttpPeriodStreamDeclaration,
  HttpStreamDeclaration,
} from '#shared/pipeline/http-declaration.ts';
import type { ReadStats } from '#shared/sources/http/read-stats.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskContext, TaskOutcome, TaskWork } from '#shared/task-runner/task-runner.ts';
import { alreadyLanded } from '../already-landed.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { landedStatus } from '../landed-status.ts';
import { refuseTooManyRejects } from '../refuse-too-many-rejects.ts';
import { type ListedWindow, planPeriod, planSnapshot } from './plan-listed-window.ts';
import { readSlice } from './read-slice.ts';

const FIRST_REJECTS = 100;

/** A slice of an API about to be read by one attempt. */
export interface ListedSlice {
  readonly task: ClaimedTask;
  readonly run: AskedRun;
  readonly pipeline: PipelineDeclaration;
  readonly stream: HttpStreamDeclaration;
  readonly window: ListedWindow;
  readonly takenAt: Date;
  /** Name of the shard at its source. */
  readonly shard: string;
  /** Id of the slice at its source. */
  readonly id: string;
}

/** Reads one slice of an API, then lands it together with others of its shard. */
export function extractListedSlice(deps: ExtractorDeps): TaskWork {
  return async (task, context) => {
    const landed = await alreadyLanded(deps.ledger, task, ({ movesWatermark }) => movesWatermark);
    if (landed !== undefined) return landed;
    const slice = await prepare(deps, task);
    if (slice === undefined) return { status: 'no_changes', result: { rows: 0, rejectedRows: 0, days: 0 } };
    return readAndLand(deps, slice, context);
  };
}

/** Undefined when there is nothing to ask for. */
async function prepare(deps: ExtractorDeps, task: ClaimedTask): Promise<ListedSlice | undefined> {
  const [run, watermark] = await Promise.all([deps.facts.run(task.runId), deps.facts.cursor(task)]);
  const pipeline = pipelineNamed(deps.pipelines, task.pipeline);
  const stream = pipeline.streams[task.stream];
  const isApi = stream?.kind === 'snapshot' || stream?.kind === 'period';
  if (run === undefined || !isApi) {
    throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline, stream: task.stream });
  }
  const takenAt = deps.now();
  const window =
    stream.kind === 'snapshot'
      ? planSnapshot(watermark, takenAt)
      : planPeriod(stream, watermark, new Date(run.logicalTime), keptFromOf(stream, run.asOf));
  if (window === undefined) return undefined;
  const shard = task.slice.slice(0, task.slice.indexOf('/'));
  return { task, run, pipeline, stream, window, takenAt, shard, id: listedSliceId(task.slice) };
}

/** First day that a period's rows may have. */
function keptFromOf({ contract, eventTime }: HttpPeriodStreamDeclaration, asOf: string): string | undefined {
  const field = eventTime === null ? undefined : contract.fields[eventTime];
  return field && keptFrom(field, asOf);
}

async function readAndLand(
  deps: ExtractorDeps,
  slice: ListedSlice,
  { signal, freeSlot, log }: TaskContext,
): Promise<TaskOutcome> {
  const { task, stream, window, run, takenAt } = slice;
  const { spool, stats } = await readSlice(deps, slice, signal);
  try {
    refuseTooManyRejects(stream, task, spool, await firstRejects(spool));
    const incomplete = incompleteReason(stats);
    // A slice that came in part is asked for again: its rows count, its watermark stays.
    const spec = { ...window.spec, movesWatermark: incomplete === undefined };
    await deps.probe.reached('extract.slice-read', task.stream);
    // Else the next slice waits until this one has landed.
    if (!deps.batches.isFull) freeSlot();
    const ordinal = BigInt(takenAt.getTime()) * 1_000n;
    const partly = incomplete === undefined ? {} : { incomplete };
    const result = { ...resultOf(spool, stats, window), ...partly };
    const landed = await deps.batches.add({
      ...{ task, run, stream, spec, spool, ordinal, result },
      bytes: spool.bytes,
      targetBytes: stream.targetFileBytes,
      wantedSinceMs: Date.parse(run.requestedAt),
    });
    log.info({ rows: spool.rows, rejectedRows: spool.rejectedRows, calls: stats.calls }, 'slice landed');
    return { status: landedStatus(spool), result: { window: landed.windowId, ...result } };
  } finally {
    await spool.discard();
  }
}

/** What the ledger keeps of a slice: counts and codes. */
function resultOf(
  spool: { readonly rows: number; readonly rejectedRows: number; readonly eventTimeMax: bigint | null },
  stats: ReadStats,
  { days }: ListedWindow,
) {
  const { calls, retries, errors, bytes, duplicates, entities } = stats;
  return {
    rows: spool.rows,
    rejectedRows: spool.rejectedRows,
    days: days.length,
    calls: calls.coarse + calls.fine + calls.other,
    callsByWay: { ...calls },
    retries,
    errors: { ...errors },
    bytes,
    duplicates,
    expected: entities.expected ?? entities.answered,
    answered: entities.answered,
    gone: entities.gone,
    ...(spool.eventTimeMax === null ? {} : { newestEventUs: spool.eventTimeMax.toString() }),
  };
}

/** Columns and codes for an error; a slice's first rejects say enough. */
async function firstRejects(spool: SpooledSlice): Promise<{ column: string; code: string }[]> {
  const first: { column: string; code: string }[] = [];
  for await (const { column, code } of spool.rejects()) {
    first.push({ column, code });
    if (first.length === FIRST_REJECTS) break;
  }
  return first;
}

function incompleteReason({ entities }: ReadStats): string | undefined {
  const missing = Object.entries(entities.missing);
  const count = missing.reduce((total, [, entitiesOfCode]) => total + entitiesOfCode, 0);
  if (count === 0) return undefined;
  const codes = missing.map(([code, times]) => `${code}: ${times}`).join(', ');
  return `${count} of ${entities.expected ?? '?'} entities did not answer (${codes})`;
}
