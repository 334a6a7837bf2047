import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';
import { type ConversionPlan, goodRowsSql, REJECT_COUNTER } from './conversion-sql.ts';
import { ROW_LIMITS_BYTES } from './csv-relation.ts';
import { parquetErrors } from './errors.ts';
import type { ParquetSession } from './parquet-engine.ts';
import { sqlText } from './sql-text.ts';

/** What was written to a landing file. */
export interface GoodRows {
  readonly rows: number;
  /** Rows of the text that broke the contract and are not in the file. */
  readonly rejectedRows: number;
  /** Over the good rows; null when all cursors are NULL or there are no rows. */
  readonly cursorMin: bigint | null;
  readonly cursorMax: bigint | null;
  /** Good rows without a cursor. */
  readonly nullCursorRows: number;
}

/** A conversion, where it goes to, and how many rows its writer counted. */
export interface CountedPlan extends ConversionPlan {
  readonly outPath: string;
  readonly expectedRows: number;
  /** Rows of a row group, default 61,440: fewer where rows are long, because each of the engine's threads holds one. */
  readonly rowGroupRows?: number;
}

/** Tries with buffers for rows of usual length, and once more with larger ones when a row may be longer. */
export async function withBuffersFor<T>(convert: (maxRowBytes: number) => Promise<T>): Promise<T> {
  const [usual, largest] = ROW_LIMITS_BYTES;
  try {
    return await convert(usual);
  } catch (error) {
    if (!isError(error, parquetErrors.rowTooLong) && !isError(error, parquetErrors.rowsDiffer)) throw error;
    return convert(largest);
  }
}

/**
 * Columns with more values than this per row group are written plain: trying a dictionary on hashes and keys costs a
 * quarter of the writing and saves nothing.
 */
const DICTIONARY_VALUES = 64;
/** Bounds what a writer thread buffers; large enough for good compression and for BigQuery. */
const ROW_GROUP_ROWS = 61_440;

/**
 * Writes the rows that keep the contract.
 *
 * @throws PenstockError PARQUET_ROWS_DIFFER when good and rejected rows are not those that were expected.
 */
export async function writeGoodRows(
  session: ParquetSession,
  plan: CountedPlan,
  maxRowBytes: number,
): Promise<GoodRows> {
  await session.rows(`create or replace temp sequence ${REJECT_COUNTER}`);
  const [copied] = await session.rows(`copy (${goodRowsSql(plan, maxRowBytes)})
    to ${sqlText(plan.outPath)} (format parquet, compression snappy, row_group_size ${plan.rowGroupRows ?? ROW_GROUP_ROWS},
    dictionary_size_limit ${DICTIONARY_VALUES}, write_bloom_filter false, return_stats,
    kv_metadata {contract_version: '${plan.contract.version}', fingerprint: '${contractFingerprint(plan.contract)}'})`);
  const [counted] = await session.rows(`select nextval('${REJECT_COUNTER}') - 1 as rejected`);
  const rows = Number(copied?.['count']);
  const rejectedRows = Number(counted?.['rejected']);
  const [expected, found] = [plan.expectedRows, rows + rejectedRows];
  if (found !== expected) throw new PenstockError(parquetErrors.rowsDiffer, { expected, found });
  const statistics = (copied?.['column_statistics'] ?? []) as unknown as Entries;
  return { rows, rejectedRows, ...cursorStatistics(statistics) };
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
