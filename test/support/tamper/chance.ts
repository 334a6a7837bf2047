import { seededRandom } from '../seeded-random.ts';

/** What is random about a test, so that a seed repeats it as far as the order of calls does. */
export interface Chance {
  /** From 0 to below 1. */
  unit(): number;
  /** A whole number from 0 to below `count`. */
  whole(count: number): number;
  pick<T>(from: readonly T[]): T;
  /** A secret to look for afterwards, another each time: `PII-` and 12 hex digits. */
  mark(): string;
  /** The same as a name any program could have: `pii_` and 12 hex digits. */
  nameMark(): string;
}

/**
 * The same choices for the same seed.
 *
 * @param letters that marks begin with.
 */
export function seededChance(seed: number, letters = 'PII'): Chance {
  const unit = seededRandom(seed);
  const whole = (count: number): number => Math.floor(unit() * count);
  const hex12 = (): string =>
    whole(2 ** 32)
      .toString(16)
      .padStart(8, '0') +
    whole(2 ** 16)
      .toString(16)
      .padStart(4, '0');
  return {
    unit,
    whole,
    pick: (from) => from[whole(from.length)] as (typeof from)[number],
    mark: () => `${letters}-${hex12()}`,
    nameMark: () => `${letters.toLowerCase()}_${hex12()}`,
  };
}
