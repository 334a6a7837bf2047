import type { DropCounter } from './dropped-keys.ts';

/** What was not in the contract of the objects of one answer and level, one after the other: a number for each key. */
export class DropLog {
  #numbers: Uint16Array;
  length = 0;

  constructor(capacity: number) {
    this.#numbers = new Uint16Array(capacity);
  }

  add(number: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Uint16Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = number;
  }

  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }
}

/** Gives counters numbers; there are never more than keys are told apart. */
export class CounterNumbers {
  readonly #counters: DropCounter[] = [];
  readonly #numbers = new Map<DropCounter, number>();

  of(counter: DropCounter): number {
    const known = this.#numbers.get(counter);
    if (known !== undefined) return known;
    const number = this.#counters.push(counter) - 1;
    this.#numbers.set(counter, number);
    return number;
  }

  at(number: number): DropCounter | undefined {
    return this.#counters[number];
  }
}

/** Who can tell where a picked object keeps the value at a path. */
export interface SlotPlan {
  /** @returns -1 where nothing is kept of it. */
  slotOf(keys: readonly string[]): number;
}

/**
 * What was read of an object in an answer's bytes: the values its contract declares, and what else there was, to be counted when
 * it is known what it is about. Stands in a row or around it where otherwise a parsed object would.
 */
export class PickedObject {
  readonly plan: SlotPlan;
  readonly slots: unknown[];
  readonly drops: DropLog;
  readonly dropsFrom: number;
  dropsTo: number;

  constructor(plan: SlotPlan, slots: unknown[], drops: DropLog) {
    this.plan = plan;
    this.slots = slots;
    this.drops = drops;
    this.dropsFrom = drops.length;
    this.dropsTo = drops.length;
  }

  /** The value at a declared path. An object that was walked through is none. */
  valueAt(keys: readonly string[]): unknown {
    const slot = this.plan.slotOf(keys);
    if (slot < 0) throw new TypeError('nothing is declared where a value is asked for');
    return this.slots[slot];
  }
}
