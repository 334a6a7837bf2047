import { CronExpressionParser } from 'cron-parser';
import type { ScheduleDeclaration } from '#shared/pipeline/declaration.ts';

/** What has come due of one schedule. */
export interface DueTimes {
  /** The newest logical time due, the one that runs. */
  readonly latest: Date;
  /** Older ones that nobody ran, newest first; they fold into the latest, since a watermark takes the rest. */
  readonly folded: readonly Date[];
}

type CronSchedule = Pick<ScheduleDeclaration, 'cron' | 'tz'>;

/** More missed times than this are not listed one by one (each costs a millisecond); the run covers them all the same. */
const MAX_LISTED = 100;

/**
 * Logical times that came due after `last` and not after `now`, by the schedule's cron in its own zone.
 *
 * Always counted forwards: a time that a change of clocks skips then runs an hour later and one it repeats runs once, which
 * the cron library does not promise backwards.
 *
 * @param last newest logical time already planned, or the instant the schedule was first seen.
 * @returns undefined when nothing is due.
 */
export function dueTimes(schedule: CronSchedule, last: Date, now: Date): DueTimes | undefined {
  const [first] = nextTimes(schedule, last, 1);
  if (first === undefined || first > now) return undefined;
  const times = timesAfter(schedule, listedFrom(schedule, last, now), now);
  const [latest, ...folded] = times.reverse();
  return latest === undefined ? undefined : { latest, folded };
}

/** `last`, or after a long time without anybody looking an instant near enough to count from. */
function listedFrom(schedule: CronSchedule, last: Date, now: Date): Date {
  const cron = CronExpressionParser.parse(schedule.cron, { tz: schedule.tz, currentDate: now });
  let from = now;
  for (let steps = 0; steps < MAX_LISTED && from > last; steps += 1) from = cron.prev().toDate();
  return from > last ? from : last;
}

function timesAfter(schedule: CronSchedule, from: Date, now: Date): Date[] {
  const cron = CronExpressionParser.parse(schedule.cron, { tz: schedule.tz, currentDate: from });
  const times: Date[] = [];
  for (let time = cron.next().toDate(); time <= now; time = cron.next().toDate()) times.push(time);
  return times;
}

/** The next `count` logical times after `after`. */
export function nextTimes(schedule: CronSchedule, after: Date, count: number): Date[] {
  const cron = CronExpressionParser.parse(schedule.cron, { tz: schedule.tz, currentDate: after });
  return Array.from({ length: count }, () => cron.next().toDate());
}
