import type { DropCounter } from './dropped-keys.ts';

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
