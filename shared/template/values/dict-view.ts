import type { DictValue } from './dict-value.ts';
import { HostObject } from './host-object.ts';
import { whileSizeStays } from './iterate.ts';
import { TupleValue } from './tuple-value.ts';
import type { Value } from './value.ts';

/** What `keys`, `values` and `items` of a dictionary answer: shows later changes too. */
export class DictView extends HostObject {
  readonly typeName: 'dict_keys' | 'dict_values' | 'dict_items';
  readonly #dict: DictValue;

  constructor(typeName: DictView['typeName'], dict: DictValue) {
    super();
    this.typeName = typeName;
    this.#dict = dict;
  }

  override size(): number {
    return this.#dict.size;
  }

  override iterate(): Iterable<Value> {
    return whileSizeStays('dictionary', this.#dict, this.#items());
  }

  *#items(): Generator<Value> {
    for (const [key, value] of this.#dict.entries()) {
      if (this.typeName === 'dict_keys') yield key;
      else yield this.typeName === 'dict_values' ? value : new TupleValue([key, value]);
    }
  }

  override isSequence(): boolean {
    return false;
  }
}
