import type { Value } from './value.ts';

/** Python's tuple; with `fieldNames` a named one, whose items are attributes too. */
export class TupleValue {
  readonly typeName = 'tuple';
  readonly items: readonly Value[];
  readonly fieldNames: readonly string[] | undefined;

  constructor(items: readonly Value[], fieldNames?: readonly string[]) {
    this.items = items;
    this.fieldNames = fieldNames;
  }
}
