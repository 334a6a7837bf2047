import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { isError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { JsonObject } from '#shared/ledger/json.ts';
import { landBatch, openBatch } from '#shared/ledger/land-batch.ts';
import type { AskedRun } from '#shared/ledger/runs.ts';
import type { WindowSpec } from '#shared/ledger/windows.ts';
import { convertRowBatch, type WrittenBatch } from '#shared/parquet/convert-row-batch.ts';
import type { SpooledSlice } from '#shared/parquet/slice-spool.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { type ConvertedFile, storeLandingFile } from '../store-landing-file.ts';
import { tellWriter } from '../tell-writer.ts';
import { versionSuffix } from '../version-suffix.ts';
import type { BatchDeps } from './open-batches.ts';
import type { CompleteSlice, LandTogether } from './slice-batches.ts';

/** A complete slice with its rows as text. */
export interface ReadSlice extends CompleteSlice {
  readonly run: AskedRun;
  readonly stream: { readonly contract: Contract };
  readonly spec: WindowSpec;
  readonly spool: SpooledSlice;
  /** Microseconds of the instant it was read at: of two copies of a row the later one is newer. */
  readonly ordinal: bigint;
  /** What its task will say of it. */
  readonly result: JsonObject;
}

/** What became of a slice in its batch. */
export interface LandedBatchSlice {
  readonly windowId: string;
}

/** A slice with the window that was opened for it. */
interface OpenedSlice {
  readonly slice: ReadSlice;
  readonly windowId: string;
}

/**
 * Lands complete slices of one run and stream as one file: windows opened, text converted, file stored, all windows landed in
 * one transaction. Slices whose attempt was superseded meanwhile are left out, and the file is written again without them.
 */
export function landSlices(deps: BatchDeps): LandTogether<ReadSlice> {
  return async (slices) => {
    let left = slices;
    for (;;) {
      const opened = await openWindows(deps, left);
      if (opened.length === 0) return new Map();
      if (await landOpened(deps, opened)) {
        return new Map(opened.map(({ slice, windowId }) => [slice.task.taskId, { windowId }]));
      }
      left = opened.map(({ slice }) => slice);
    }
  };
}

async function openWindows(deps: BatchDeps, slices: readonly ReadSlice[]): Promise<OpenedSlice[]> {
  const windows = slices.map(({ task, spec }) => ({ ref: task, spec }));
  const ids = await openBatch(deps.ledger, windows);
  return slices.flatMap((slice) => {
    const windowId = ids.get(slice.task.taskId);
    return windowId === undefined ? [] : [{ slice, windowId }];
  });
}

/** @returns false when a slice was superseded while the file was written. */
async function landOpened(deps: BatchDeps, opened: readonly OpenedSlice[]): Promise<boolean> {
  const [carrier] = opened;
  if (carrier === undefined) return true;
  const { task } = carrier.slice;
  await deps.probe.reached('extract.window-opened', task.stream);
  const workDir = join(deps.workDir, `batch-${carrier.windowId}`);
  try {
    const converted = await convert(deps, opened, workDir);
    const files = await store(deps, carrier, opened, converted);
    await deps.probe.reached('extract.file-written', task.stream);
    return await recordBatch(deps, opened, converted, files);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function convert(
  deps: BatchDeps,
  opened: readonly OpenedSlice[],
  workDir: string,
): Promise<WrittenBatch> {
  const contract = contractOf(opened);
  await mkdir(workDir, { recursive: true });
  return convertRowBatch(deps.engine, {
    contract,
    versionKind: 'ordinal',
    csvPath: join(workDir, 'rows.csv'),
    outPath: join(workDir, 'rows.parquet'),
    rejectsPath: join(workDir, 'rows.rejects.parquet'),
    slices: opened.map(({ slice, windowId }) => ({
      slice: slice.task.slice,
      versionSuffix: versionSuffix(slice.ordinal, windowId),
      spool: slice.spool,
    })),
  });
}

const contractOf = (opened: readonly OpenedSlice[]): Contract => {
  const [first] = opened;
  if (first === undefined) throw new Error('a batch has at least one slice');
  return first.slice.stream.contract;
};

interface StoredFiles {
  readonly good: NewFile | undefined;
  readonly rejects: NewFile | undefined;
}

async function store(
  deps: BatchDeps,
  carrier: OpenedSlice,
  opened: readonly OpenedSlice[],
  converted: WrittenBatch,
): Promise<StoredFiles> {
  const good = converted.rows === 0 ? undefined : await storeFile(deps, carrier, 'parquet', converted);
  const { rejectsFile } = converted;
  if (rejectsFile === undefined) return { good, rejects: undefined };
  const stored = await storeFile(deps, carrier, 'rejects.parquet', rejectsFile);
  const windowOf = new Map(opened.map(({ slice, windowId }) => [slice.task.slice, windowId]));
  const { version: contractVersion } = contractOf(opened);
  const rejects = converted.rejects.map(({ ordinal, column, code, slice }) => ({
    ...{ ordinal, column, code, contractVersion, windowId: windowOf.get(slice) ?? carrier.windowId },
  }));
  return { good, rejects: { ...stored, rejects } };
}

function storeFile(
  deps: BatchDeps,
  { slice, windowId }: OpenedSlice,
  extension: 'parquet' | 'rejects.parquet',
  file: ConvertedFile,
): Promise<NewFile> {
  const { run, task, stream } = slice;
  const of = { run, task, contract: stream.contract, batch: `b${windowId}`, part: 0 };
  return storeLandingFile(deps, of, extension, file);
}

async function recordBatch(
  deps: BatchDeps,
  opened: readonly OpenedSlice[],
  converted: WrittenBatch,
  files: StoredFiles,
): Promise<boolean> {
  const landed = opened.map(({ slice, windowId }, index) => ({
    ref: slice.task,
    windowId,
    counts: {
      rows: converted.slices[index]?.rows ?? 0,
      rejectedRows: converted.slices[index]?.rejectedRows ?? 0,
      nullCursorRows: converted.slices[index]?.nullCursorRows ?? 0,
      sourceOrdinal: slice.ordinal.toString(),
      result: slice.result,
    },
  }));
  try {
    await landBatch(deps.ledger, landed, files);
  } catch (error) {
    if (isError(error, ledgerErrors.batchSuperseded)) return false;
    throw error;
  }
  const [first] = opened;
  if (first !== undefined) await count(deps, first.slice.task, converted, files);
  return true;
}

async function count(
  deps: BatchDeps,
  task: ClaimedTask,
  converted: WrittenBatch,
  { good, rejects }: StoredFiles,
): Promise<void> {
  const { pipeline, stream } = task;
  const { rows, rejectedRows } = converted;
  const labels = { step: 'extract', pipeline, stream };
  tellWriter(deps, task, converted);
  deps.metrics.rows.inc(labels, rows);
  deps.metrics.bytes.inc(labels, (good?.bytes ?? 0) + (rejects?.bytes ?? 0));
  deps.metrics.rejectedRows.inc({ pipeline, stream }, rejectedRows);
  await deps.dropped.write(task);
  await deps.probe.reached('extract.file-recorded', stream);
}
