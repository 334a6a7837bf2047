import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Names } from '../compile/macro-library.ts';

/** `context`: every name that a template of this render may use, as a mapping; macros look each other up in it by name. */
export class ContextValue extends HostObject {
  readonly typeName = 'dict';
  readonly #names: Pick<Names, 'get'>;
  readonly #keys: readonly string[] | undefined;

  /** @param keys all names, where they can be listed. */
  constructor(names: Pick<Names, 'get'>, keys?: readonly string[]) {
    super();
    this.#names = names;
    this.#keys = keys;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#names.get(key) : undefined;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'get') {
      return hostFunction(name, ({ args: [key = null, fallback = null] }) => {
        const found = this.getItem(key);
        return found === undefined ? fallback : found;
      });
    }
    if (name === 'keys' && this.#keys !== undefined) {
      const keys = this.#keys;
      return hostFunction(name, () => new ListValue([...keys]));
    }
    return this.getItem(name);
  }

  override contains(item: Value): boolean {
    return this.getItem(item) !== undefined;
  }

  override isMapping(): boolean {
    return true;
  }
}
