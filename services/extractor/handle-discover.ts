import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { listedSliceKey, shardQueueOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { lastCalls } from '#shared/ledger/slice-status.ts';
import { type ListedSlice, recordListing } from '#shared/ledger/slices.ts';
import { insertTasks, type TaskSpec } from '#shared/ledger/tasks.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { HttpStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import { httpErrors } from '#shared/sources/http/errors.ts';
import type { ShardListing } from '#shared/sources/http/http-source.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskWork } from '#shared/task-runner/task-runner.ts';
import type { ExtractorDeps } from './extractor-deps.ts';
import { expectedCalls, inFairOrder } from './listed/fair-order.ts';

/** Asks a shard for its slices, then plans an extract task for each of them and each stream of the run. */
export function discoverSlices(deps: ExtractorDeps): TaskWork {
  return async (task, { signal, log }) => {
    const run = await getRun(deps.ledger, task.runId);
    const pipeline = pipelineNamed(deps.pipelines, task.pipeline);
    const [sourceName = '', shard = ''] = task.slice.split('/');
    const source = deps.apis.get(pipeline, sourceName);
    if (run === undefined) throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline });
    const listing = await source.listSlices(shard, signal);
    const { refused } = listing;
    const slices = listing.slices.map(({ id, entities }) => ({ slice: listedSliceKey(shard, id), entities }));
    const of = { pipeline: task.pipeline, source: sourceName, shard, isWhole: refused === null };
    await recordListing(deps.ledger, task, of, slices);
    const tasks = await tasksOf(deps, task, pipeline, run.streams, sourceName, slices);
    await insertTasks(deps.ledger, task.runId, tasks);
    const entities = slices.reduce((total, slice) => total + (slice.entities ?? 0), 0);
    log.info({ shard, slices: slices.length, refused: refused?.count ?? 0, entities }, 'shard listed');
    return { status: 'succeeded', result: { slices: slices.length, entities, ...refusal(listing) } };
  };
}

/** Slices without a good id can be neither read nor named; that they are missing is said of their shard. */
function refusal({ refused }: ShardListing): Record<string, unknown> {
  if (refused === null) return {};
  const { count, firstPosition } = refused;
  const { code } = httpErrors.sliceIdInvalid;
  return {
    errors: { [code]: count },
    incomplete: `${count} of its slices have no valid id, the first at position ${firstPosition} of the listing (${code})`,
  };
}

async function tasksOf(
  deps: ExtractorDeps,
  task: ClaimedTask,
  pipeline: PipelineDeclaration,
  streams: readonly string[],
  source: string,
  slices: readonly ListedSlice[],
): Promise<TaskSpec[]> {
  const read = streams.flatMap((name) => {
    const stream = pipeline.streams[name];
    const isOurs = stream?.source === source && (stream.kind === 'snapshot' || stream.kind === 'period');
    return isOurs ? [{ name, stream }] : [];
  });
  const costs = await Promise.all(
    read.map(({ name, stream }) => costsOf(deps, task.pipeline, name, stream, slices)),
  );
  const declared = pipeline.sources[source];
  const shard = shardQueueOf(declared?.connection ?? source, task.slice.slice(task.slice.indexOf('/') + 1));
  return inFairOrder(costs.flat()).map(({ stream, slice, tag }) => ({
    kind: 'extract',
    stream,
    slice,
    shard,
    maxAttempts: deps.settings.maxTaskAttempts,
    expectedCost: tag,
  }));
}

async function costsOf(
  { ledger }: ExtractorDeps,
  pipeline: string,
  name: string,
  stream: HttpStreamDeclaration,
  slices: readonly ListedSlice[],
) {
  const seen = await lastCalls(ledger, pipeline, name);
  return slices.map(({ slice, entities }) => ({
    stream: name,
    slice,
    calls: seen.get(slice) ?? expectedCalls(stream, entities),
  }));
}
