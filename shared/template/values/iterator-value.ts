import type { Value } from './value.ts';

/** Python's iterator: walked once, then empty. What `map`, `select` and their like answer. */
export class IteratorValue {
  readonly typeName: string;
  readonly iterator: Iterator<Value>;

  constructor(items: Iterable<Value>, typeName = 'generator') {
    this.iterator = items[Symbol.iterator]();
    this.typeName = typeName;
  }
}
