import type { CursorDeclaration } from '#shared/pipeline/declaration.ts';
import { cursorLiteral } from './cursor-literal.ts';
import type { CursorRange } from './plan-window.ts';

/** First instant past what 64-bit microseconds can hold, rounded down to a year. */
const UNUSABLE_FROM = '294247-01-01';

/**
 * The cursor as integer microseconds since 1970 UTC, exact. NULL where no such number exists: NULL, infinite, or
 * beyond 64 bits.
 *
 * `extract(epoch …)` of a timestamptz is a numeric since PostgreSQL 14 and exact, but dear for every row of a table. The
 * double of `date_part` is divided and multiplied by 10^6, each rounded once, so it is off by less than half a
 * microsecond below 2^51 of them, and the cast rounds to the nearest: exact from 1900 to 2039, at half the cost.
 */
export function cursorMicros({ expression, type }: CursorDeclaration): string {
  const value = `(${expression})`;
  if (type === 'int64') return `${value}::bigint`;
  const finite = `${value} > '-infinity' AND ${value} < '${UNUSABLE_FROM}'`;
  if (type === 'date') {
    return `CASE WHEN ${finite} THEN (${value} - date '1970-01-01')::bigint * 86400000000 END`;
  }
  return `CASE WHEN ${value} >= '1900-01-01' AND ${value} < '2040-01-01'
    THEN (date_part('epoch', ${value}) * 1000000)::bigint
    WHEN ${finite} THEN (extract(epoch FROM ${value}) * 1000000)::bigint END`;
}

/** Rows that every window reads, because no range of cursor values contains them. */
export function withoutUsableCursor({ expression, type }: CursorDeclaration): string {
  const value = `(${expression})`;
  if (type === 'int64') return `${value} IS NULL`;
  return `${value} IS NULL OR ${value} = '-infinity' OR ${value} >= '${UNUSABLE_FROM}'`;
}

/** The WHERE condition of a window, in a form an index on the cursor's expression can serve. */
export function rangeCondition(cursor: CursorDeclaration, { from, to }: CursorRange): string {
  const value = `(${cursor.expression})`;
  const limits = [
    ...(from === null ? [] : [`${value} >= ${cursorLiteral(cursor.type, from)}`]),
    ...(to === null ? [] : [`${value} < ${cursorLiteral(cursor.type, to)}`]),
  ];
  if (limits.length === 0) return 'true';
  return `(${limits.join(' AND ')}) OR ${withoutUsableCursor(cursor)}`;
}
