import type { WindowSpec } from '#shared/ledger/windows.ts';
import type { HttpPeriodStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import { calendarDay } from '#shared/runs/calendar-day.ts';

const DAY_MS = 86_400_000;
const MICROS_PER_MS = 1_000n;

/** What one attempt asks of a slice. */
export interface ListedWindow {
  readonly spec: WindowSpec;
  /** Days to fetch, oldest first; empty for a snapshot. */
  readonly days: readonly string[];
}

/** The state at an instant: the watermark moves there, never backwards, whatever a clock does. */
export function planSnapshot(watermark: bigint | null, takenAt: Date): ListedWindow {
  const at = BigInt(takenAt.getTime()) * MICROS_PER_MS;
  const toCursor = watermark !== null && watermark >= at ? watermark + 1n : at;
  return { spec: windowOf(watermark, toCursor), days: [] };
}

/**
 * Every day not fetched yet that has ended in the stream's zone, and the late days before it again. Days from before what the stream
 * keeps are passed by: their rows would be rejects.
 *
 * @param watermark the first day not yet fetched, as microseconds of its midnight in UTC; null before the first run.
 * @param logicalTime of the run: days that end after it are not over yet.
 * @param keptFrom first day that the stream keeps, `YYYY-MM-DD`; undefined when it keeps all.
 * @returns undefined when no day has ended since.
 */
export function planPeriod(
  stream: Pick<HttpPeriodStreamDeclaration, 'tz' | 'firstDays' | 'lateDays'>,
  watermark: bigint | null,
  logicalTime: Date,
  keptFrom?: string,
): ListedWindow | undefined {
  const today = dayMs(calendarDay(stream.tz, logicalTime));
  const from = watermark === null ? today - stream.firstDays * DAY_MS : Number(watermark / MICROS_PER_MS);
  if (from >= today) return undefined;
  const asked = watermark === null ? from : from - stream.lateDays * DAY_MS;
  const first = keptFrom === undefined ? asked : Math.max(asked, dayMs(keptFrom));
  const days: string[] = [];
  for (let day = first; day < today; day += DAY_MS) days.push(new Date(day).toISOString().slice(0, 10));
  return { spec: windowOf(watermark, BigInt(today) * MICROS_PER_MS), days };
}

/** A day as the microseconds of its midnight in UTC: what `_cursor` of its rows says. */
export const dayMicros = (day: string): bigint => BigInt(dayMs(day)) * MICROS_PER_MS;

const dayMs = (day: string): number => Date.parse(`${day}T00:00:00Z`);

function windowOf(fromCursor: bigint | null, toCursor: bigint): WindowSpec {
  return { mode: fromCursor === null ? 'full' : 'incremental', fromCursor, toCursor, movesWatermark: true };
}
