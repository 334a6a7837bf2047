import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { openSliceSpool, type SliceSpool, type SpooledSlice } from '#shared/parquet/slice-spool.ts';
import { contractAsOf } from '#shared/pipeline/contract-as-of.ts';
import type { HttpStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import type { RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import { compileProjection, type Projection } from '#shared/pipeline/project-row.ts';
import type { DroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import type { HttpSource, RawBatch, SliceRead } from '#shared/sources/http/http-source.ts';
import type { ReadStats } from '#shared/sources/http/read-stats.ts';
import { extractorErrors } from '../errors.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import type { ListedSlice } from './extract-listed-slice.ts';
import { dayMicros } from './plan-listed-window.ts';

/** A slice read to its end, with nothing but what its contract allows. */
export interface SliceInHand {
  readonly spool: SpooledSlice;
  readonly stats: ReadStats;
}

/**
 * Reads a slice into a spool. A slice that fails half-way leaves nothing.
 *
 * @throws what calls throw (see `shared/sources/http`), EXTRACT_NO_HASH_KEY, or the signal's reason.
 */
export async function readSlice(
  deps: ExtractorDeps,
  slice: ListedSlice,
  signal: AbortSignal,
): Promise<SliceInHand> {
  const { task, stream } = slice;
  const dropped = deps.dropped.of(task);
  const day = slice.takenAt.toISOString().slice(0, 10);
  const projection = deps.projections.of(dropped, day, () => projectionOf(deps, slice, dropped));
  const spool = openSliceSpool({
    contract: stream.contract,
    path: join(deps.workDir, `slice-${task.taskId}-${task.attempt}`),
  });
  const source = deps.apis.get(slice.pipeline, stream.source);
  const read = openRead(source, slice, projection.picker, signal);
  try {
    await spoolAll(slice, projection, spool, read, signal);
    return { spool: await spool.finish(), stats: read.stats() };
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

async function spoolAll(
  slice: ListedSlice,
  projection: Projection,
  spool: SliceSpool,
  read: SliceRead,
  signal: AbortSignal,
): Promise<void> {
  const taken = slice.takenAt.toISOString();
  for await (const batch of read) {
    signal.throwIfAborted();
    await spoolBatch(slice, projection, spool, batch, taken);
  }
}

function openRead(
  source: HttpSource,
  slice: ListedSlice,
  picker: RowPicker | null,
  signal: AbortSignal,
): SliceRead {
  const { stream, task, shard, id, window } = slice;
  const options = { streamName: task.stream, shard, slice: id, signal, picker };
  return stream.kind === 'snapshot'
    ? source.readSnapshot({ ...options, stream })
    : source.readPeriod({ ...options, stream, days: window.days });
}

/** Nothing is waited for between rows: other slices use the projection too, and an element around rows is counted once. */
async function spoolBatch(
  slice: ListedSlice,
  projection: Projection,
  spool: SliceSpool,
  { rows, way, day }: RawBatch,
  takenAt: string,
): Promise<void> {
  const filled = Object.freeze({
    ...{ slice: slice.id, shard: slice.shard, takenAt, way },
    day: day ?? null,
  });
  const cursor = String(day === undefined ? BigInt(slice.takenAt.getTime()) * 1_000n : dayMicros(day));
  let full: Promise<void> | undefined;
  for (const raw of rows) {
    if (raw instanceof PickedRows) {
      full = spool.addPicked(projection.projectPicked(raw, filled), cursor) ?? full;
      raw.done();
    } else full = spool.add(projection.project(raw, filled), cursor) ?? full;
  }
  rows.length = 0;
  await full;
}

function projectionOf(
  { settings }: ExtractorDeps,
  { stream, pipeline, run, takenAt }: ListedSlice,
  dropped: DroppedKeys,
): Projection {
  const source = pipeline.sources[stream.source];
  const keyName = source?.kind === 'http' ? source.hashKey : null;
  const key = keyName === null ? undefined : settings.hashKeys[keyName];
  if (keyName !== null && key === undefined) {
    throw new PenstockError(extractorErrors.noHashKey, { variable: `PENSTOCK_HASH_KEY_${keyName}` });
  }
  const { map, drop, entity, eventTime } = stream;
  const contract = contractAsOf(stream.contract, { asOf: run.asOf, now: takenAt });
  const hashKey = key === undefined ? null : Buffer.from(key);
  return compileProjection(
    { contract, map, drop, entity, eventTime, rows: rowsOf(stream), hashKey },
    dropped,
  );
}

const rowsOf = (stream: HttpStreamDeclaration): string =>
  (stream.kind === 'snapshot' ? stream.endpoint : stream.coarse).rows;
