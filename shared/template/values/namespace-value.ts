import { HostObject } from './host-object.ts';
import type { Value } from './value.ts';

/** What `namespace()` makes: the one thing a loop's body can change outside of itself by `set`. */
export class NamespaceValue extends HostObject {
  readonly typeName = 'Namespace';
  readonly #attributes: Map<string, Value>;

  constructor(attributes: Iterable<readonly [string, Value]> = []) {
    super();
    this.#attributes = new Map(attributes);
  }

  override getAttr(name: string): Value | undefined {
    return this.#attributes.get(name);
  }

  setAttr(name: string, value: Value): void {
    this.#attributes.set(name, value);
  }

  override isTrue(): boolean {
    return true;
  }

  override toRepr(): string {
    return '<Namespace>';
  }
}
