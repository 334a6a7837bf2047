import { sourceProjection } from '#shared/parquet/source-projection.ts';
import type { PostgresStreamDeclaration } from '#shared/pipeline/declaration.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { CursorRange } from './plan-window.ts';
import { cursorMicros, rangeCondition, withoutUsableCursor } from './source-columns.ts';

/** What of a stream its queries need. */
export type SourceStream = Pick<PostgresStreamDeclaration, 'table' | 'contract' | 'cursor' | 'version'>;

/** Name of the last column COPY yields. */
export const CURSOR_COLUMN = '_cursor';

/** Columns of the CSV, in order: the contract's fields, then the cursor as integer microseconds (empty: none). */
export function columnsOf(stream: SourceStream): string[] {
  return [...Object.keys(stream.contract.fields), CURSOR_COLUMN];
}

/**
 * The COPY of a window. CSV as the server writes it: NULL is nothing, an empty text is `""`. Fields not in the
 * contract are not selected, so they never leave the source.
 */
export function copyText(stream: SourceStream, range: CursorRange): string {
  const selected = sourceProjection(stream.contract);
  selected.push(`${cursorMicros(stream.cursor)} AS ${quoteIdent(CURSOR_COLUMN)}`);
  const query = `SELECT ${selected.join(', ')} FROM ${quoteRelation(stream.table)} WHERE ${rangeCondition(stream.cursor, range)}`;
  return `COPY (${query}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')`;
}

/** Fields that {@link summaryText} sums: exact numbers only, since a sum of floats depends on the order. */
export function summedFields(stream: SourceStream): string[] {
  return Object.entries(stream.contract.fields)
    .filter(([, { type }]) => ['int32', 'int64', 'decimal'].includes(type.kind))
    .map(([name]) => name);
}

/** One row: count, rows without usable cursor, rows at or above the range's end, and a sum per numeric field. */
export function summaryText(stream: SourceStream, range: CursorRange): string {
  const { cursor } = stream;
  const inRange = rangeCondition(cursor, range);
  const beyond = `NOT (${rangeCondition(cursor, { from: null, to: range.to })})`;
  const sums = summedFields(stream).map(
    (name, at) => `sum(${quoteIdent(name)}) FILTER (WHERE ${inRange})::text AS ${quoteIdent(`sum_${at}`)}`,
  );
  const columns = [
    `count(*) FILTER (WHERE ${inRange})::text AS row_count`,
    `count(*) FILTER (WHERE ${withoutUsableCursor(cursor)})::text AS without_cursor`,
    `count(*) FILTER (WHERE ${beyond})::text AS beyond_end`,
    ...sums,
  ];
  const scanned = rangeCondition(cursor, { from: range.from, to: null });
  return `SELECT ${columns.join(', ')} FROM ${quoteRelation(stream.table)} WHERE ${scanned}`;
}
