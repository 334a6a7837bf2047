import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Names } from '../compile/macro-library.ts';

/** `context`: every name that a template of this render may use, as a mapping; macros look each other up in it by name. */
export class ContextValue extends HostObject {
  readonly typeName = 'dict';
  readonly #names: Names;

  constructor(names: Names) {
    super();
    this.#names = names;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#names.get(key) : undefined;
  }

  override getAttr(name: string): Value | undefined {
    return this.getItem(name);
  }

  override contains(item: Value): boolean {
    return this.getItem(item) !== undefined;
  }

  override isMapping(): boolean {
    return true;
  }
}
