import type { ScheduleHistory } from '#shared/ledger/schedule-history.ts';
import type { FreshnessState, LastFreshness } from '#shared/ledger/source-freshness.ts';
import type { ScheduleDeclaration } from '#shared/pipeline/declaration.ts';
import { dueTimes } from './due-times.ts';

/** A schedule that brings a source, with how its runs went; undefined history: it never ran. */
export interface Bringing {
  readonly schedule: Pick<ScheduleDeclaration, 'cron' | 'tz'>;
  readonly history: Pick<ScheduleHistory, 'lastLogicalTime' | 'isOpen' | 'usualMs'> | undefined;
}

/** Runs differ: half as long again is still usual, and so is a quarter of an hour. */
const USUAL_FACTOR = 1.5;
const USUAL_LEAST_MS = 15 * 60_000;

/**
 * How old a source is at an instant, against what it declares. While a run that brings it is due or under way, and still within
 * its usual duration, a warning is suspended: data of a 12-hour schedule is 12 hours old each time the next run begins. An
 * error never is.
 *
 * @param bringing the schedules that bring it.
 */
export function judgeFreshness(
  { error, maxLoadedAt, warnAfterSeconds, errorAfterSeconds }: Omit<LastFreshness, 'pipeline' | 'source'>,
  now: Date,
  bringing: readonly Bringing[],
): FreshnessState {
  if (error !== null) return 'unknown';
  const ageSeconds =
    maxLoadedAt === null ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(maxLoadedAt)) / 1_000;
  if (errorAfterSeconds !== null && ageSeconds > errorAfterSeconds) return 'error';
  if (warnAfterSeconds === null || ageSeconds <= warnAfterSeconds) return 'pass';
  return bringing.some((one) => isUnderWay(one, now)) ? 'suspended' : 'warn';
}

function isUnderWay({ schedule, history }: Bringing, now: Date): boolean {
  if (history === undefined) return false;
  const usualMs = Math.max(USUAL_LEAST_MS, (history.usualMs ?? 0) * USUAL_FACTOR);
  const last = new Date(history.lastLogicalTime);
  const isWithin = (at: Date): boolean => now.getTime() - at.getTime() <= usualMs;
  if (history.isOpen && isWithin(last)) return true;
  const due = dueTimes(schedule, last, now);
  return due !== undefined && isWithin(due.latest);
}
