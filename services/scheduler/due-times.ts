import { CronExpressionParser } from 'cron-parser';
import type { ScheduleDeclaration } from '#shared/pipeline/declaration.ts';

/** What has come due of one schedule. */
export interface DueTimes {
  /** The newest logical time due, the one that runs. */
  readonly latest: Date;
  /** Older ones that nobody ran; they fold into the latest, since a watermark takes the rest. */
  readonly folded: readonly Date[];
}

/** More missed times than this are not listed one by one; the run covers them all the same. */
const MAX_LISTED = 1_000;

/**
 * Logical times that came due after `last` and not after `now`, by the schedule's cron in its own zone.
 *
 * @param last newest logical time already planned, or the instant the schedule was first seen.
 * @returns undefined when nothing is due.
 */
export function dueTimes(schedule: ScheduleDeclaration, last: Date, now: Date): DueTimes | undefined {
  const cron = CronExpressionParser.parse(schedule.cron, {
    tz: schedule.tz,
    currentDate: new Date(now.getTime() + 1),
  });
  const times: Date[] = [];
  for (
    let time = cron.prev().toDate();
    time > last && times.length < MAX_LISTED;
    time = cron.prev().toDate()
  ) {
    times.push(time);
  }
  const [latest, ...folded] = times;
  return latest === undefined ? undefined : { latest, folded };
}

/** The next `count` logical times after `after`. */
export function nextTimes(schedule: ScheduleDeclaration, after: Date, count: number): Date[] {
  const cron = CronExpressionParser.parse(schedule.cron, { tz: schedule.tz, currentDate: after });
  return Array.from({ length: count }, () => cron.next().toDate());
}
