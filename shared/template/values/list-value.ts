import type { Value } from './value.ts';

/** Python's list. The host may read and write `items`. */
export class ListValue {
  readonly typeName = 'list';
  items: Value[];

  constructor(items: Value[] = []) {
    this.items = items;
  }
}
