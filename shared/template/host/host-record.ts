import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';

/** Named values that templates read by `record.name` and `record['name']`, and cannot change. */
export class HostRecord extends HostObject {
  readonly typeName: string;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(typeName: string, values: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>) {
    super();
    this.typeName = typeName;
    this.#values = values instanceof Map ? values : new Map(Object.entries(values));
  }

  override getAttr(name: string): Value | undefined {
    return this.#values.get(name);
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#values.get(key) : undefined;
  }
}
