import { join } from 'node:path';
import { type FileIdentity, fileKeyOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { sha256FromHex } from '#shared/landing/checksum.ts';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { type ConvertedPart, convertCsvPart } from '#shared/parquet/convert-csv-part.ts';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';
import type { PostgresStreamDeclaration } from '#shared/pipeline/declaration.ts';
import type { CsvPart } from '#shared/sources/postgres/part-file.ts';
import type { WindowRead } from '#shared/sources/postgres/read-window.ts';
import { splitCsvParts } from '#shared/sources/postgres/split-csv-parts.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { refuseTooManyRejects } from '../refuse-too-many-rejects.ts';

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

/** A batch of one slice; streams of many small slices will share files under batches of their own. */
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
    contract: slice.stream.contract,
    version: { kind: slice.stream.version, suffix: `${read.ordinal}${windowHex(slice.windowId)}` },
    slice: slice.task.slice,
    outPath: join(slice.workDir, `part-${part.index}.parquet`),
    rejectsPath: join(slice.workDir, `part-${part.index}.rejects.parquet`),
    expectedRows: part.rows,
    signal: slice.signal,
  });
}

const windowHex = (windowId: string): string => BigInt(windowId).toString(16).padStart(12, '0');

async function landGood(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  part: number,
  converted: ConvertedPart,
): Promise<NewFile> {
  const { path, bytes, sha256, rows, cursorMin, cursorMax } = converted;
  const key = await put(deps, slice, part, 'parquet', path, sha256);
  return { ...identityOf(slice, part, key), isRejects: false, bytes, rows, sha256, cursorMin, cursorMax };
}

async function landRejects(
  deps: ExtractorDeps,
  slice: SliceAttempt,
  part: number,
  converted: ConvertedPart,
): Promise<NewFile | undefined> {
  if (converted.rejectsFile === undefined) return undefined;
  const { path, bytes, sha256, rows } = converted.rejectsFile;
  const key = await put(deps, slice, part, 'rejects.parquet', path, sha256);
  const rejects = converted.rejects.map((reject) => ({
    ...reject,
    contractVersion: slice.stream.contract.version,
  }));
  return {
    ...identityOf(slice, part, key),
    isRejects: true,
    bytes,
    rows,
    sha256,
    rejects,
    cursorMin: null,
    cursorMax: null,
  };
}

async function put(
  deps: ExtractorDeps,
  { run, task, signal }: SliceAttempt,
  part: number,
  extension: FileIdentity['extension'],
  path: string,
  sha256: string,
): Promise<string> {
  const { pipeline, logicalTime, runId, ingestionDate } = run;
  const { stream, attempt } = task;
  const identity = {
    pipeline,
    stream,
    ingestionDate,
    logicalTime,
    runId,
    batch: BATCH,
    attempt,
    part,
    extension,
  };
  const key = fileKeyOf('landing', identity);
  await deps.landing.putFile(key, path, { checksum: sha256FromHex(sha256), handOver: true, signal });
  return key;
}

function identityOf({ stream }: SliceAttempt, part: number, key: string) {
  const { contract } = stream;
  return { part, key, schemaFingerprint: contractFingerprint(contract), contractVersion: contract.version };
}
