import type { FreshnessPeriod, SourceFreshness } from '../project/project.ts';

/** How old a source table is, against what is declared of it. */
export type FreshnessState = 'pass' | 'warn' | 'error';

const SECONDS: Readonly<Record<FreshnessPeriod['period'], number>> = {
  minute: 60,
  hour: 3_600,
  day: 86_400,
};

/**
 * Error before warn, and only what is strictly older (`artifacts/resources/v1/components.py`, `FreshnessThreshold.status`).
 *
 * @param ageSeconds between the latest loading and the warehouse's clock.
 */
export function freshnessState(
  ageSeconds: number,
  { warnAfter, errorAfter }: SourceFreshness,
): FreshnessState {
  const isOlder = (than: FreshnessPeriod | undefined): boolean =>
    than !== undefined && ageSeconds > secondsOf(than);
  if (isOlder(errorAfter)) return 'error';
  return isOlder(warnAfter) ? 'warn' : 'pass';
}

/** A declared age in seconds. */
export const secondsOf = ({ count, period }: FreshnessPeriod): number => count * SECONDS[period];

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 hours 5 minutes old`, `never loaded`; for people, in its two largest units, rounded down. */
export function ageText(ageSeconds: number | null): string {
  if (ageSeconds === null) return 'never loaded';
  const first = UNITS.findIndex(([, size]) => ageSeconds >= size);
  if (first === -1) return '0 seconds old';
  let left = Math.floor(ageSeconds);
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [counted(count, unit)];
  });
  return `${parts.join(' ')} old`;
}

/** `1 hour`, `30 days`. */
export const periodText = ({ count, period }: FreshnessPeriod): string => counted(count, period);

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
