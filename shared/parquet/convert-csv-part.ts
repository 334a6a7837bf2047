import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { RejectCode } from '#shared/pipeline/reject-codes.ts';
import type { VersionStamp } from './conversion-sql.ts';
import { parquetErrors } from './errors.ts';
import { digestFile, type FileDigest } from './file-digest.ts';
import type { ParquetEngine, ParquetSession } from './parquet-engine.ts';
import { readRejectedRows } from './read-rejected-rows.ts';
import { type GoodRows, withBuffersFor, writeGoodRows } from './write-good-rows.ts';
import { type RejectedRow, type RejectsFile, writeRejectsFile } from './write-rejects-file.ts';

/** One part of source text and where its rows go. */
export interface CsvPart {
  /** What PostgreSQL's `COPY … (FORMAT csv)` wrote: the contract's fields in order, then the cursor as integer text. */
  readonly csvPath: string;
  readonly contract: Contract;
  readonly version: VersionStamp;
  /** `''` for a stream with one slice. */
  readonly slice: string;
  /** Overwritten when there. The store that the files are handed to makes them durable. */
  readonly outPath: string;
  readonly rejectsPath: string;
  /**
   * Rows in the part as its writer counted them; a difference fails the conversion. Not optional: DuckDB's reader was
   * seen to leave out, without an error, a row longer than its buffers.
   */
  readonly expectedRows: number;
  /** How many rejects to return by column and code, default 10,000; the rejects file holds them all. */
  readonly maxListedRejects?: number;
  readonly signal?: AbortSignal;
}

/** One reject without its values. */
export interface ListedReject {
  /** From 1, within the part. */
  readonly ordinal: number;
  readonly column: string;
  readonly code: RejectCode;
}

/** What a conversion made. `rows` may be 0: then the file holds a schema only and need not be landed. */
export interface ConvertedPart extends FileDigest, GoodRows {
  readonly path: string;
  readonly rejects: readonly ListedReject[];
  /** Undefined when nothing was rejected. */
  readonly rejectsFile: RejectsFile | undefined;
}

const DEFAULT_LISTED_REJECTS = 10_000;

/**
 * Converts one part of source text to a landing file and, when rows break the contract, a rejects file. Nothing is
 * rounded or repaired. Memory is bounded by the engine's limit, whatever the part's size.
 *
 * @throws PenstockError PARQUET_CSV_UNREADABLE, PARQUET_ROW_TOO_LONG, PARQUET_ROWS_DIFFER, PARQUET_OUT_OF_MEMORY, …
 */
export function convertCsvPart(engine: ParquetEngine, part: CsvPart): Promise<ConvertedPart> {
  return withBuffersFor((maxRowBytes) =>
    engine.use(async (session) => {
      const good = await writeGoodRows(session, part, maxRowBytes);
      const rejected = await writeRejects(session, part, maxRowBytes, good.rejectedRows);
      const digest = await digestFile(part.outPath);
      return { path: part.outPath, ...good, ...rejected, ...digest };
    }, part.signal),
  );
}

async function writeRejects(
  session: ParquetSession,
  part: CsvPart,
  maxRowBytes: number,
  expected: number,
): Promise<Pick<ConvertedPart, 'rejects' | 'rejectsFile'>> {
  if (expected === 0) return { rejects: [], rejectsFile: undefined };
  const rejects: ListedReject[] = [];
  const most = part.maxListedRejects ?? DEFAULT_LISTED_REJECTS;
  const found = listing(readRejectedRows(session, part, maxRowBytes), (reject) => {
    if (rejects.length < most) rejects.push(reject);
  });
  const rejectsFile = await writeRejectsFile(part.rejectsPath, part, found);
  if (rejectsFile.rows !== expected)
    throw new PenstockError(parquetErrors.rowsDiffer, { expected, found: rejectsFile.rows });
  return { rejects, rejectsFile };
}

async function* listing(
  batches: AsyncIterable<readonly RejectedRow[]>,
  list: (reject: ListedReject) => void,
): AsyncGenerator<readonly RejectedRow[]> {
  for await (const batch of batches) {
    for (const { ordinal, column, code } of batch) list({ ordinal: Number(ordinal), column, code });
    yield batch;
  }
}
