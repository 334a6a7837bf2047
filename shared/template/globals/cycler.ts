import { typeFault } from '../failures/template-fault.ts';
import { BoundMethod } from '../methods/bound-method.ts';
import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';

/** Goes round and round through its items. */
export class Cycler extends HostObject {
  readonly typeName = 'Cycler';
  readonly #items: readonly Value[];
  #position = 0;

  /** @throws a `type` fault without items. */
  constructor(items: readonly Value[]) {
    super();
    if (items.length === 0) throw typeFault('at least one item has to be provided');
    this.#items = items;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'current') return this.#current();
    if (name === 'next') return new BoundMethod('next', () => this.#next());
    return name === 'reset' ? new BoundMethod('reset', () => this.#reset()) : undefined;
  }

  #current(): Value {
    return this.#items[this.#position] ?? null;
  }

  #next(): Value {
    const value = this.#current();
    this.#position = (this.#position + 1) % this.#items.length;
    return value;
  }

  #reset(): null {
    this.#position = 0;
    return null;
  }
}
