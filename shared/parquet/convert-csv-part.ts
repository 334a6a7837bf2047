import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';
import type { RejectCode } from '#shared/pipeline/reject-codes.ts';
import {
  type ConversionPlan,
  conversionChecks,
  goodRowsSql,
  REJECT_COUNTER,
  rejectedRowsSql,
  type VersionStamp,
} from './conversion-sql.ts';
import { ROW_LIMITS_BYTES } from './csv-relation.ts';
import { digestFile, type FileDigest, syncFile } from './durable-file.ts';
import { parquetErrors } from './errors.ts';
import type { ParquetEngine, ParquetSession } from './parquet-engine.ts';
import { sqlText } from './sql-text.ts';
import { type RejectedRow, type RejectsFile, writeRejectsFile } from './write-rejects-file.ts';

/** One part of source text and where its rows go. */
export interface CsvPart {
  /** What PostgreSQL's `COPY … (FORMAT csv)` wrote: the contract's fields in order, then the cursor as integer text. */
  readonly csvPath: string;
  readonly contract: Contract;
  readonly version: VersionStamp;
  /** `''` for a stream with one slice. */
  readonly slice: string;
  /** Overwritten when there; both files are durable on return. */
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
export interface ConvertedPart extends FileDigest {
  readonly path: string;
  readonly rows: number;
  readonly rejectedRows: number;
  readonly rejects: readonly ListedReject[];
  /** Undefined when nothing was rejected. */
  readonly rejectsFile: RejectsFile | undefined;
  /** Over the good rows; null when all cursors are NULL or there are no rows. */
  readonly cursorMin: bigint | null;
  readonly cursorMax: bigint | null;
  /** Good rows without a cursor. */
  readonly nullCursorRows: number;
}

const DEFAULT_LISTED_REJECTS = 10_000;
/**
 * Columns with more values than this per row group are written plain: trying a dictionary on hashes and keys costs a
 * quarter of the writing and saves nothing.
 */
const DICTIONARY_VALUES = 64;
/** Bounds what a writer thread buffers; large enough for good compression and for BigQuery. */
const ROW_GROUP_ROWS = 61_440;

/**
 * Converts one part of source text to a landing file and, when rows break the contract, a rejects file. Nothing is
 * rounded or repaired. Memory is bounded by the engine's limit, whatever the part's size.
 *
 * @throws PenstockError PARQUET_CSV_UNREADABLE, PARQUET_ROW_TOO_LONG, PARQUET_ROWS_DIFFER, PARQUET_OUT_OF_MEMORY, …
 */
export async function convertCsvPart(engine: ParquetEngine, part: CsvPart): Promise<ConvertedPart> {
  for (const limit of ROW_LIMITS_BYTES.slice(0, -1)) {
    try {
      return await convertWithin(engine, part, limit);
    } catch (error) {
      if (!mayFitLargerBuffers(error)) throw error;
    }
  }
  return convertWithin(engine, part, ROW_LIMITS_BYTES[1]);
}

function mayFitLargerBuffers(error: unknown): boolean {
  return isError(error, parquetErrors.rowTooLong) || isError(error, parquetErrors.rowsDiffer);
}

function convertWithin(engine: ParquetEngine, part: CsvPart, maxRowBytes: number): Promise<ConvertedPart> {
  return engine.use(async (session) => {
    const good = await writeGoodRows(session, part, maxRowBytes);
    const total = good.rows + good.rejectedRows;
    if (total !== part.expectedRows)
      throw new PenstockError(parquetErrors.rowsDiffer, { expected: part.expectedRows, found: total });
    const rejected = await writeRejects(session, part, maxRowBytes, good.rejectedRows);
    const [digest] = await Promise.all([digestFile(part.outPath), syncFile(part.outPath)]);
    return { path: part.outPath, ...good, ...rejected, ...digest };
  }, part.signal);
}

type GoodRows = Pick<ConvertedPart, 'rows' | 'rejectedRows' | 'cursorMin' | 'cursorMax' | 'nullCursorRows'>;

async function writeGoodRows(session: ParquetSession, part: CsvPart, maxRowBytes: number): Promise<GoodRows> {
  await session.rows(`create or replace temp sequence ${REJECT_COUNTER}`);
  const [copied] = await session.rows(`copy (${goodRowsSql(part, maxRowBytes)})
    to ${sqlText(part.outPath)} (format parquet, compression snappy, row_group_size ${ROW_GROUP_ROWS},
    dictionary_size_limit ${DICTIONARY_VALUES}, write_bloom_filter false, return_stats,
    kv_metadata {contract_version: '${part.contract.version}', fingerprint: '${contractFingerprint(part.contract)}'})`);
  const [counted] = await session.rows(`select nextval('${REJECT_COUNTER}') - 1 as rejected`);
  return {
    rows: Number(copied?.['count']),
    rejectedRows: Number(counted?.['rejected']),
    ...cursorStatistics((copied?.['column_statistics'] ?? []) as unknown as Entries),
  };
}

/** A MAP as the driver hands it out. */
type Entries = readonly { readonly key: string; readonly value: unknown }[];

function cursorStatistics(statistics: Entries): Pick<GoodRows, 'cursorMin' | 'cursorMax' | 'nullCursorRows'> {
  const column = statistics.find((entry) => entry.key === '"_cursor"');
  const read = (key: string): bigint | null => {
    const value = (column?.value as Entries | undefined)?.find((entry) => entry.key === key)?.value;
    return typeof value === 'string' ? BigInt(value) : null;
  };
  return { cursorMin: read('min'), cursorMax: read('max'), nullCursorRows: Number(read('null_count') ?? 0n) };
}

async function writeRejects(
  session: ParquetSession,
  part: CsvPart,
  maxRowBytes: number,
  expected: number,
): Promise<Pick<ConvertedPart, 'rejects' | 'rejectsFile'>> {
  if (expected === 0) return { rejects: [], rejectsFile: undefined };
  const rejects: ListedReject[] = [];
  const listed = part.maxListedRejects ?? DEFAULT_LISTED_REJECTS;
  const found = rejectedRows(session, part, maxRowBytes, (reject) => {
    if (rejects.length < listed) rejects.push(reject);
  });
  const rejectsFile = await writeRejectsFile(part.rejectsPath, part, found);
  if (rejectsFile.rows !== expected)
    throw new PenstockError(parquetErrors.rowsDiffer, { expected, found: rejectsFile.rows });
  return { rejects, rejectsFile };
}

async function* rejectedRows(
  session: ParquetSession,
  plan: ConversionPlan,
  maxRowBytes: number,
  list: (reject: ListedReject) => void,
): AsyncGenerator<RejectedRow[]> {
  const checks = conversionChecks(plan.contract);
  for await (const batch of session.batches(rejectedRowsSql(plan, maxRowBytes))) {
    yield batch.map((row) => {
      const {
        '#ordinal': ordinal,
        '#check': check,
        _cursor: cursor,
        ...fields
      } = row as Readonly<Record<string, string | null>> & { '#ordinal': bigint; '#check': number };
      const failed = checks[check];
      if (failed === undefined) throw new PenstockError(parquetErrors.rowsDiffer, { expected: 1, found: 0 });
      list({ ordinal: Number(ordinal), column: failed.column, code: failed.code });
      return { fields, cursor: cursor ?? null, ordinal, column: failed.column, code: failed.code };
    });
  }
}
