import { join } from 'node:path';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { type ConvertedPart, convertCsvPart } from '#shared/parquet/convert-csv-part.ts';
import { contractAsOf } from '#shared/pipeline/contract-as-of.ts';
import type { PostgresStreamDeclaration } from '#shared/pipeline/declaration.ts';
import type { CsvPart } from '#shared/sources/postgres/part-file.ts';
import type { WindowRead } from '#shared/sources/postgres/read-window.ts';
import { splitCsvParts } from '#shared/sources/postgres/split-csv-parts.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { refuseTooManyRejects } from '../refuse-too-many-rejects.ts';
import { storeLandingFile } from '../store-landing-file.ts';
import { windowHex } from '../version-suffix.ts';

/** A slice being extracted by one attempt. */
export interface SliceAttempt {
  readonly task: ClaimedTask;
  readonly run: Run;
  readonly stream: PostgresStreamDeclaration;
  /** Ledger id of the window; also breaks ties between versions. */
  readonly windowId: string;
  readonly workDir: string;
  readonly signal: AbortSignal;
}

/** What landed: files for the ledger, and counts. */
export interface LandedSlice {
  readonly files: readonly NewFile[];
  readonly rows: number;
  readonly nullCursorRows: number;
  readonly rejectedRows: number;
  readonly bytes: number;
}

/** {@link LandedSlice} while it grows. */
type Landed = { -readonly [K in keyof Omit<LandedSlice, 'files'>]: LandedSlice[K] } & {
  readonly files: NewFile[];
};

/** A batch of one slice; slices that share files have batches of their own. */
const BATCH = 'b0';

/**
 * Reads a window's rows part by part into landing files. While one part is stored the next is converted and the one
 * after it is read; at most two parts of text are on disk and memory does not grow with the number of rows.
 *
 * @throws EXTRACT_TOO_MANY_REJECTS before anything is recorded.
 */
export async function landParts(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  read: WindowRead,
): Promise<LandedSlice> {
  const landed: Landed = { files: [], rows: 0, nullCursorRows: 0, rejectedRows: 0, bytes: 0 };
  const options = { targetBytes: slice.stream.targetFileBytes, workDir: slice.workDir };
  let landing: Promise<void> = Promise.resolve();
  try {
    for await (const part of splitCsvParts(read.stream, options)) {
      const converted = await convert(deps, slice, read, part);
      await landing;
      landing = landPart(deps, slice, part.index, converted, landed);
      // Its failure is met at the next turn; until then it must not count as unhandled.
      landing.catch(() => {});
    }
    await landing;
  } finally {
    await landing.catch(() => {});
  }
  const rejects = landed.files.flatMap((file) => file.rejects ?? []);
  refuseTooManyRejects(slice.stream, slice.task, landed, rejects);
  return landed;
}

/** Stores a part's files, waiting for the disk, and adds them up. */
async function landPart(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  index: number,
  converted: ConvertedPart,
  landed: Landed,
): Promise<void> {
  landed.rows += converted.rows;
  landed.rejectedRows += converted.rejectedRows;
  const good = converted.rows > 0 ? await landGood(deps, slice, index, converted) : undefined;
  const rejected = await landRejects(deps, slice, index, converted);
  for (const file of [good, rejected]) if (file !== undefined) landed.files.push(file);
  landed.bytes += (good?.bytes ?? 0) + (rejected?.bytes ?? 0);
  landed.nullCursorRows += converted.nullCursorRows;
  if (good !== undefined) await deps.probe.reached('extract.file-written', slice.task.stream);
}

function convert(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  read: WindowRead,
  part: CsvPart,
): Promise<ConvertedPart> {
  return convertCsvPart(deps.engine, {
    csvPath: part.path,
    contract: contractAsOf(slice.stream.contract, { asOf: slice.run.asOf, now: deps.now() }),
    version: { kind: slice.stream.version, suffix: `${read.ordinal}${windowHex(slice.windowId)}` },
    slice: slice.task.slice,
    outPath: join(slice.workDir, `part-${part.index}.parquet`),
    rejectsPath: join(slice.workDir, `part-${part.index}.rejects.parquet`),
    expectedRows: part.rows,
    signal: slice.signal,
  });
}

function landGood(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  part: number,
  converted: ConvertedPart,
): Promise<NewFile> {
  return storeLandingFile(deps, fileOf(slice, part), 'parquet', converted);
}

async function landRejects(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  part: number,
  { rejects, rejectsFile }: ConvertedPart,
): Promise<NewFile | undefined> {
  if (rejectsFile === undefined) return undefined;
  const stored = await storeLandingFile(deps, fileOf(slice, part), 'rejects.parquet', rejectsFile);
  const contractVersion = slice.stream.contract.version;
  return { ...stored, isRejects: true, rejects: rejects.map((reject) => ({ ...reject, contractVersion })) };
}

const fileOf = ({ run, task, stream, signal }: SliceAttempt, part: number) => ({
  ...{ run, task, contract: stream.contract, batch: BATCH, part, signal },
});
