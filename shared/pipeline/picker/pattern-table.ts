import {
  PATTERN_ACCEPTS,
  PATTERN_CLASSES,
  PATTERN_SHIFT,
  PATTERN_STATES,
  PATTERN_STEPS,
} from './assembly/layout.ts';
import { type ByteSet, type PatternStates, patternStates } from './pattern-states.ts';

const ASCII = 128;

const known = new Map<string, Uint8Array | undefined>();

/**
 * A field's pattern as the table that the module walks through, for texts of ASCII alone. Patterns are declared, so their tables are kept.
 *
 * @returns undefined when it would be too large.
 */
export function patternTable(pattern: string): Uint8Array | undefined {
  if (known.has(pattern)) return known.get(pattern);
  const states = patternStates(pattern);
  const table = states === undefined ? undefined : tableOf(states);
  known.set(pattern, table);
  return table;
}

/** Sets of states that a text can lead to become the states of the table (the subset construction), in the order they are come upon. */
function tableOf(pattern: PatternStates): Uint8Array | undefined {
  const classes = classesOf(pattern);
  const closed = closeOver(pattern);
  const numbers = new Map<string, number>();
  const sets: (readonly number[])[] = [];
  const numberOf = (set: readonly number[]): number => {
    if (set.length === 0) return 0;
    const key = set.join();
    const number = numbers.get(key) ?? sets.push(set);
    numbers.set(key, number);
    return number;
  };
  numberOf(closed([pattern.start]));
  const steps: number[][] = [];
  for (let nth = 0; nth < sets.length; nth += 1) {
    if (sets.length >= PATTERN_STATES) return undefined;
    const set = sets[nth] ?? [];
    steps.push(classes.examples.map((byte) => numberOf(closed(nextBy(pattern, set, byte)))));
  }
  return written(classes, steps, (nth) => sets[nth]?.includes(pattern.end) === true);
}

/** All states that some are followed by without a byte, themselves included, sorted. */
function closeOver({ states }: PatternStates): (from: readonly number[]) => readonly number[] {
  return (from) => {
    const reached = new Set(from);
    // What is added while it is gone through is gone through too.
    for (const number of reached) {
      const state = states[number];
      if (state?.bytes === null) for (const way of state.ways) reached.add(way);
    }
    return [...reached].sort((a, b) => a - b);
  };
}

function nextBy({ states }: PatternStates, from: readonly number[], byte: number): number[] {
  return from.flatMap((number) => {
    const state = states[number];
    if (state === undefined || state.bytes === null || state.bytes[byte] !== true) return [];
    return [state.next];
  });
}

interface Classes {
  /** By byte. */
  readonly of: Uint8Array;
  /** One byte of each. */
  readonly examples: readonly number[];
}

/** Bytes that stand in the same sets are of one class. */
function classesOf({ states }: PatternStates): Classes {
  const sets = [...new Set(states.flatMap(({ bytes }): ByteSet[] => (bytes === null ? [] : [bytes])))];
  const of = new Uint8Array(ASCII);
  const numbers = new Map<string, number>();
  const examples: number[] = [];
  for (let byte = 0; byte < ASCII; byte += 1) {
    const key = sets.map((set) => Number(set[byte])).join('');
    const number = numbers.get(key) ?? examples.push(byte) - 1;
    numbers.set(key, number);
    of[byte] = number;
  }
  return { of, examples };
}

function written(
  { of, examples }: Classes,
  steps: readonly (readonly number[])[],
  accepts: (nth: number) => boolean,
): Uint8Array {
  const shift = Math.ceil(Math.log2(examples.length));
  const table = new Uint8Array(PATTERN_STEPS + ((steps.length + 1) << shift));
  table[PATTERN_SHIFT] = shift;
  table.set(of, PATTERN_CLASSES);
  steps.forEach((next, nth) => {
    table[PATTERN_ACCEPTS + nth + 1] = Number(accepts(nth));
    table.set(next, PATTERN_STEPS + ((nth + 1) << shift));
  });
  return table;
}
