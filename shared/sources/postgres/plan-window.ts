import { PenstockError } from '#shared/errors/penstock-error.ts';
import { cursorProblems } from '#shared/pipeline/cursor-problems.ts';
import type { CursorDeclaration, PostgresStreamDeclaration } from '#shared/pipeline/declaration.ts';
import { floorToDay, MICROS_PER_DAY, microsOfDay } from './cursor-literal.ts';
import { sourceErrors } from './errors.ts';

/**
 * Half-open range of cursor values, microseconds since 1970 UTC; null is open. Rows without a usable cursor (NULL,
 * infinite, beyond the year 294246) belong to every range.
 */
export interface CursorRange {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/** What a run asks of a slice. `incremental` without a watermark is a full load. */
export type WindowMode =
  | { readonly kind: 'incremental' }
  /** Full load or full refresh: from the beginning; the watermark moves as in an incremental run. */
  | { readonly kind: 'full' }
  /** Reads everything again to find what windows missed; the watermark moves as in an incremental run. */
  | { readonly kind: 'full-compare' }
  /** A given range; never moves the watermark. */
  | { readonly kind: 'backfill'; readonly range: CursorRange };

export interface WindowPlan extends CursorRange {
  /** Everything is read, so whatever bronze holds beyond it was deleted at the source or lies after `to`. */
  readonly fullCompare: boolean;
  /** Where the watermark goes once bronze holds the window; equal to the present one if nothing is to move. */
  readonly nextWatermark: bigint | null;
  /** No cursor value can lie in the range: only rows without a usable cursor are read. */
  readonly empty: boolean;
}

export interface WindowRequest {
  readonly stream: Pick<PostgresStreamDeclaration, 'cursor' | 'version'>;
  /** Exclusive; null before the first load. */
  readonly watermark: bigint | null;
  /** From `readBound`, read before the snapshot this window will be read in. */
  readonly bound: bigint;
  /** The run's logical date, `YYYY-MM-DD`; what "today" means. */
  readonly asOf: string;
  readonly mode: WindowMode;
}

/**
 * Plans which cursor values a run reads and where the watermark goes.
 *
 * **Set by the database** (`now()` of the writing transaction): `[watermark, bound)`. Every transaction that has
 * not committed by the snapshot began at or after the bound, so its rows are at or above it: the next window
 * begins exactly there.
 *
 * **Set by the application:** `[watermark - lookBackDays, end of asOf + maxFutureDays)`, and the watermark goes to
 * the bound (for dates: its midnight, because a row of today may still be written), never past what was read. The
 * promise: a row whose cursor lies at most `lookBackDays` before its transaction's start is never skipped,
 * however late that transaction commits. For it began at s, unseen by the snapshot, so s >= bound >= next watermark, and
 * its cursor is >= s - lookBackDays >= the next window's start. (Dates are taken as UTC days: where the business lives
 * west of UTC its today may be UTC's yesterday, which uses up one day of the look-back.) A row dated after today is
 * above the watermark, so every run reads it again until the watermark has passed it by the look-back; the merge
 * drops the repeats. One beyond `maxFutureDays` waits until `asOf` has come near enough, and is counted meanwhile.
 *
 * @throws SOURCE_CURSOR_UNSAFE when {@link cursorProblems} finds any.
 */
export function planWindow(request: WindowRequest): WindowPlan {
  const { stream, mode } = request;
  const problems = cursorProblems(stream);
  if (problems.length > 0) {
    throw new PenstockError(sourceErrors.unsafeCursor, { problems: problems.join('; ') });
  }
  if (mode.kind === 'backfill') return planned(mode.range, request.watermark, false);
  const to = upperLimit(request);
  const from = mode.kind === 'incremental' ? lowerLimit(request) : null;
  return planned({ from, to }, nextWatermark(request, to), mode.kind === 'full-compare');
}

function planned(range: CursorRange, nextWatermark: bigint | null, fullCompare: boolean): WindowPlan {
  const { from, to } = range;
  return { from, to, nextWatermark, fullCompare, empty: from !== null && to !== null && from >= to };
}

function lowerLimit({ stream, watermark }: WindowRequest): bigint | null {
  if (watermark === null) return null;
  return watermark - BigInt(stream.cursor.lookBackDays) * MICROS_PER_DAY;
}

function upperLimit({ stream, bound, asOf }: WindowRequest): bigint {
  if (stream.cursor.setBy === 'database') return bound;
  return microsOfDay(asOf) + BigInt(stream.cursor.maxFutureDays + 1) * MICROS_PER_DAY;
}

/** Never below the present watermark: a bound that was held back just leaves the window empty. */
function nextWatermark({ stream, watermark, bound }: WindowRequest, to: bigint): bigint {
  const reached = least(accountedBelow(stream.cursor, bound), to);
  return watermark === null || reached > watermark ? reached : watermark;
}

function accountedBelow(cursor: CursorDeclaration, bound: bigint): bigint {
  return cursor.type === 'date' ? floorToDay(bound) : bound;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
