import type pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { sourceErrors } from './errors.ts';
import type { CursorRange } from './plan-window.ts';
import { toSourceError } from './to-source-error.ts';
import { type SourceStream, summaryText, summedFields } from './window-query.ts';

/** What a window holds at the source, for comparison with bronze. */
export interface SourceSummary {
  /** Rows of the window, those without a usable cursor included. */
  readonly rows: bigint;
  /** Rows whose cursor is NULL, infinite or beyond 64 bits; they are read in every run. */
  readonly withoutCursor: bigint;
  /** Rows at or above the window's end: not committed long enough ago, or dated too far ahead. */
  readonly beyondEnd: bigint;
  /** Exact decimal text by field (integers and decimals); null when every value is NULL. May be `NaN`. */
  readonly sums: Readonly<Record<string, string | null>>;
}

/** Counts and sums in the transaction `client` is in; one scan of the window. */
export async function readSummary(
  client: pg.ClientBase,
  stream: SourceStream,
  range: CursorRange,
): Promise<SourceSummary> {
  try {
    const { rows } = await client.query<Record<string, string | null>>(summaryText(stream, range));
    const [row] = rows;
    if (row === undefined) throw new PenstockError(sourceErrors.interrupted, { statement: 'summary' });
    const counted = (name: string): bigint => BigInt(row[name] ?? '0');
    const sums = summedFields(stream).map((name, at) => [name, row[`sum_${at}`] ?? null] as const);
    return {
      rows: counted('row_count'),
      withoutCursor: counted('without_cursor'),
      beyondEnd: counted('beyond_end'),
      sums: Object.fromEntries(sums),
    };
  } catch (error) {
    throw toSourceError(error);
  }
}
