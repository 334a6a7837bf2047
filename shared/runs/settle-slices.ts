import type { Pipelines } from '#shared/config/load-pipelines.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { SliceReport } from '#shared/ledger/run-manifest.ts';
import { sliceReports } from '#shared/ledger/run-manifest.ts';
import type { Run } from '#shared/ledger/runs.ts';
import {
  type NotFresh,
  recordGoneSlices,
  recordSliceStatus,
  recordUnreachedShard,
} from '#shared/ledger/slice-status.ts';
import { incompleteDiscoveries, type Task, unsuccessfulTasks } from '#shared/ledger/tasks.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { type IncompleteSlice, incompleteSlices } from './incomplete-slices.ts';

/** Slices named in a manifest one by one; beyond, only their number. */
export const MAX_NAMED = 1_000;

/** How the slices of a run stand. */
export interface SettledSlices {
  readonly slices: readonly SliceReport[];
  /** Tasks that ended without success, {@link MAX_NAMED} at most. */
  readonly failed: readonly Task[];
  /** Missing or stale after the run, and why; those of shards nobody reached too. */
  readonly incomplete: readonly IncompleteSlice[];
}

/**
 * Says of each slice of a run whether its rows are in bronze, and writes it to `ops.slice_status`. To be asked once the
 * run's merges have ended, and again when it closes. Repeatable.
 */
export async function settleSlices(
  { ledger, pipelines }: { readonly ledger: Ledger; readonly pipelines: Pipelines },
  run: Run,
): Promise<SettledSlices> {
  const pipeline = pipelines.get(run.pipeline);
  const [slices, failed] = await Promise.all([
    sliceReports(ledger, run.runId),
    unsuccessfulTasks(ledger, run.runId, MAX_NAMED),
  ]);
  const asked = incompleteSlices(slices, failed, maxHeldBackOf(pipeline));
  await recordSliceStatus(ledger, run.runId, asked);
  const unreached: NotFresh[] = [];
  for (const task of failed.filter(({ kind }) => kind === 'discover')) {
    unreached.push(...(await markUnreached(ledger, pipeline, run, task)));
  }
  if (pipeline !== undefined) await markGone(ledger, pipeline, run);
  return { slices, failed, incomplete: [...asked, ...unreached, ...(await nameless(ledger, pipeline, run))] };
}

/** Slices that a shard listed without a valid id, by their shard and for each stream that reads it. */
async function nameless(
  ledger: Ledger,
  pipeline: PipelineDeclaration | undefined,
  run: Run,
): Promise<IncompleteSlice[]> {
  const shards = await incompleteDiscoveries(ledger, run.runId);
  return shards.flatMap(({ slice, reason }) => {
    const [source = '', shard = ''] = slice.split('/');
    return streamsOf(pipeline, run, source).map((stream) => ({ stream, slice: `${shard}/*`, reason }));
  });
}

function maxHeldBackOf(pipeline: PipelineDeclaration | undefined): number {
  const limits = Object.values(pipeline?.sources ?? {}).flatMap((source) =>
    source.kind === 'postgres' ? [source.maxHeldBackMs] : [],
  );
  return Math.min(...limits, Number.MAX_SAFE_INTEGER);
}

/** A shard that could not be asked for its slices: every one the ledger knows of it is stale, or still missing. */
function markUnreached(
  ledger: Ledger,
  pipeline: PipelineDeclaration | undefined,
  run: Run,
  { slice, error }: Task,
): Promise<NotFresh[]> {
  const [source = '', shard = ''] = slice.split('/');
  return recordUnreachedShard(ledger, {
    pipeline: run.pipeline,
    source,
    shard,
    streams: streamsOf(pipeline, run, source),
    runId: run.runId,
    code: error?.code ?? 'TASK_ENDED',
    reason: `its shard could not be asked for its slices: ${error?.message ?? 'the task was cancelled'}`,
  });
}

async function markGone(ledger: Ledger, pipeline: PipelineDeclaration, run: Run): Promise<void> {
  for (const [source, { kind }] of Object.entries(pipeline.sources)) {
    const streams = streamsOf(pipeline, run, source);
    if (kind === 'http' && streams.length > 0) {
      await recordGoneSlices(ledger, pipeline.name, source, streams);
    }
  }
}

const streamsOf = (pipeline: PipelineDeclaration | undefined, run: Run, source: string): string[] =>
  run.streams.filter((stream) => pipeline?.streams[stream]?.source === source);
