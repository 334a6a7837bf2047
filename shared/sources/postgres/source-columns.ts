import type { CursorDeclaration } from '#shared/pipeline/declaration.ts';
import { cursorLiteral } from './cursor-literal.ts';
import type { CursorRange } from './plan-window.ts';

/** First instant past what 64-bit microseconds can hold, rounded down to a year. */
const UNUSABLE_FROM = '294247-01-01';

/**
 * The cursor as integer microseconds since 1970 UTC, exact: `extract(epoch …)` of a timestamptz is a numeric since
 * PostgreSQL 14. NULL where no such number exists: NULL, infinite, or beyond 64 bits.
 */
export function cursorMicros({ expression, type }: CursorDeclaration): string {
  const value = `(${expression})`;
  if (type === 'int64') return `${value}::bigint`;
  const micros =
    type === 'date'
      ? `(${value} - date '1970-01-01')::bigint * 86400000000`
      : `(extract(epoch FROM ${value}) * 1000000)::bigint`;
  return `CASE WHEN ${value} > '-infinity' AND ${value} < '${UNUSABLE_FROM}' THEN ${micros} END`;
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
