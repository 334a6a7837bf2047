import { TemplateFault } from '../failures/template-fault.ts';
import type { Limits } from './limits.ts';

/** What is left of the limits during one render. Every method throws a `limit` fault when nothing is left. */
export class Budget {
  readonly limits: Limits;
  /** Expressions and blocks being evaluated right now. */
  nesting = 0;
  #steps: number;
  #characters: number;

  constructor(limits: Limits) {
    this.limits = limits;
    this.#steps = limits.steps;
    this.#characters = limits.madeCharacters;
  }

  /** Pays for work: one node, or `count` items of a collection. */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw new TemplateFault('limit', `more than ${this.limits.steps} steps`);
  }

  /** Pays for a string about to be made. Long strings cost steps too, because they take time to read. */
  text(length: number): void {
    this.#characters -= length;
    if (this.#characters < 0) {
      throw new TemplateFault('limit', `more than ${this.limits.madeCharacters} characters made`);
    }
    if (length > 64) this.step(length >> 6);
  }

  /** Pays for reading a string of this length. */
  scan(length: number): void {
    if (length > 64) this.step(length >> 6);
  }

  enter(): void {
    this.nesting += 1;
    if (this.nesting > this.limits.nesting) {
      throw new TemplateFault('limit', `nested deeper than ${this.limits.nesting}`);
    }
  }

  leave(): void {
    this.nesting -= 1;
  }

  /** Refuses an integer of more bits than allowed. */
  bits(count: number): void {
    if (count > this.limits.integerBits) {
      throw new TemplateFault('limit', `an integer of more than ${this.limits.integerBits} bits`);
    }
    if (count > 1024) this.step(count >> 6);
  }
}
