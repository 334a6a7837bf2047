import { PenstockError } from '#shared/errors/penstock-error.ts';
import {
  type BatchConversion,
  type BatchReject,
  BatchRejects,
  type ConvertedSlice,
} from './batch-rejects.ts';
import type { ConvertedPart } from './convert-csv-part.ts';
import { parquetErrors } from './errors.ts';
import { digestFile } from './file-digest.ts';
import type { ParquetEngine } from './parquet-engine.ts';
import { readRejectedRows } from './read-rejected-rows.ts';
import { type BatchSlice, openRowBatch, type RowBatch } from './row-batch.ts';
import type { OtherWay } from './row-file/not-done-here.ts';
import { writeRowFile } from './row-file/write-row-file.ts';
import { type CountedPlan, type GoodRows, withBuffersFor, writeGoodRows } from './write-good-rows.ts';

/** What a batch became. `rows` may be 0: then the file holds a schema only and need not be landed. */
export interface ConvertedBatch extends Omit<ConvertedPart, 'rejects'> {
  readonly rejects: readonly BatchReject[];
  /** In the batch's order. */
  readonly slices: readonly ConvertedSlice[];
}

/** The same, and who wrote it. */
export interface WrittenBatch extends ConvertedBatch {
  /** Why DuckDB wrote it in the module's place; null when the module did. */
  readonly otherWay: OtherWay | 'version_kind' | null;
}

/** Slices that are there together. */
export interface BatchOfSlices extends BatchConversion {
  readonly slices: readonly BatchSlice[];
  /** Of text, where it is needed. */
  readonly csvPath: string;
}

/**
 * Converts whole slices, whose spools stay the caller's, to one landing file, each row stamped with its slice and version, and
 * one rejects file for what their projections rejected. Every row of every slice is in one of the two, or nothing is returned.
 *
 * @throws PenstockError as `convertCsvPart` does.
 */
export async function convertRowBatch(
  engine: ParquetEngine,
  conversion: BatchOfSlices,
): Promise<WrittenBatch> {
  const written = await writeBatch(conversion);
  if (typeof written !== 'string') return { ...written, otherWay: null };
  const batch = openRowBatch(conversion.csvPath);
  try {
    await batch.append(conversion.slices);
    return { ...(await convertBatch(engine, batch, conversion)), otherWay: written };
  } finally {
    await batch.discard();
  }
}

/** The same of a batch that was appended to over time; the caller discards it afterwards. */
export async function convertBatch(
  engine: ParquetEngine,
  batch: RowBatch,
  conversion: BatchConversion,
): Promise<ConvertedBatch> {
  await batch.seal();
  const plan = planOf(batch, conversion);
  return withBuffersFor((maxRowBytes) =>
    engine.use(async (session) => {
      const good = await writeGoodRows(session, plan, maxRowBytes);
      const found = { rows: good.rejectedRows, read: () => readRejectedRows(session, plan, maxRowBytes) };
      const rejected = new BatchRejects(batch.slices, conversion, found);
      const rejectsFile = await rejected.write();
      const digest = await digestFile(plan.outPath);
      const { rejects, slices, rejectedRows } = rejected;
      return { path: plan.outPath, ...good, ...digest, rejectedRows, rejects, rejectsFile, slices };
    }, conversion.signal),
  );
}

/** By the module that writes such files; @returns why, when a batch is not for it. */
async function writeBatch(conversion: BatchOfSlices): Promise<ConvertedBatch | OtherWay | 'version_kind'> {
  const { slices: batch, contract, outPath, signal } = conversion;
  checkSpools(batch);
  if (conversion.versionKind !== 'ordinal') return 'version_kind';
  const written = await writeRowFile({ contract, slices: batch, outPath, signal });
  if (typeof written === 'string') return written;
  const expected = rowsOf(batch);
  if (written.rows !== expected)
    throw new PenstockError(parquetErrors.rowsDiffer, { expected, found: written.rows });
  const rejected = new BatchRejects(batch, conversion);
  const rejectsFile = await rejected.write();
  const { rejects, slices, rejectedRows } = rejected;
  return { path: outPath, ...written, ...cursorsOf(slices), rejectedRows, rejects, rejectsFile, slices };
}

/** Over all slices. */
function cursorsOf(
  slices: readonly ConvertedSlice[],
): Pick<GoodRows, 'cursorMin' | 'cursorMax' | 'nullCursorRows'> {
  let [cursorMin, cursorMax]: [bigint | null, bigint | null] = [null, null];
  for (const slice of slices) {
    if (slice.cursorMin !== null && (cursorMin === null || slice.cursorMin < cursorMin))
      cursorMin = slice.cursorMin;
    if (slice.cursorMax !== null && (cursorMax === null || slice.cursorMax > cursorMax))
      cursorMax = slice.cursorMax;
  }
  return {
    cursorMin,
    cursorMax,
    nullCursorRows: slices.reduce((sum, slice) => sum + slice.nullCursorRows, 0),
  };
}

function checkSpools(slices: readonly BatchSlice[]): void {
  if (slices.length === 0) throw new TypeError('a batch has at least one slice');
  if (new Set(slices.map(({ spool }) => spool.id)).size < slices.length)
    throw new TypeError('a spool was given up while it was in a batch, and its id is another’s by now');
}

const rowsOf = (slices: readonly BatchSlice[]): number =>
  slices.reduce((sum, { spool }) => sum + spool.rows, 0);

function planOf({ csvPath, slices, bytes }: RowBatch, conversion: BatchConversion): CountedPlan {
  checkSpools(slices);
  const { contract, versionKind, outPath } = conversion;
  const expectedRows = rowsOf(slices);
  return {
    ...{ contract, csvPath, outPath, slice: '', version: { kind: versionKind, suffix: '' } },
    spools: slices.map(({ slice, versionSuffix, spool }) => ({ id: spool.id, slice, suffix: versionSuffix })),
    expectedRows,
    rowGroupRows: rowGroupRows(bytes, expectedRows),
  };
}

/** Text of a row group. At 64 MiB a conversion of 100,000 states took 130 MB more, and at 150 MB of text all there was. */
const ROW_GROUP_BYTES = 4 << 20;
/** DuckDB counts a row group's rows in its vectors of 2,048; the most is what other conversions take. */
const [LEAST_ROWS, MOST_ROWS] = [2048, 61_440];

function rowGroupRows(bytes: number, rows: number): number {
  const fitting = ROW_GROUP_BYTES / (bytes / Math.max(1, rows) || 1);
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(fitting / LEAST_ROWS) * LEAST_ROWS));
}
