import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';

/** Like a `HostRecord` whose values come into being when they are first asked for: most templates ask for one or two of many. */
export class LazyRecord extends HostObject {
  readonly typeName: string;
  readonly #make: (name: string) => Value | undefined;
  readonly #made = new Map<string, Value>();

  /** @param make answers undefined for names there are none of. */
  constructor(typeName: string, make: (name: string) => Value | undefined) {
    super();
    this.typeName = typeName;
    this.#make = make;
  }

  override getAttr(name: string): Value | undefined {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const value = this.#make(name);
    if (value !== undefined) this.#made.set(name, value);
    return value;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.getAttr(key) : undefined;
  }
}
