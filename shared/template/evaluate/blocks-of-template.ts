import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';

/** `self` in a template with blocks: each block is a function that prints it. */
export class BlocksOfTemplate extends HostObject {
  readonly typeName = 'TemplateReference';
  readonly #find: (name: string) => Value | undefined;

  constructor(find: (name: string) => Value | undefined) {
    super();
    this.#find = find;
  }

  override getAttr(name: string): Value | undefined {
    return this.#find(name);
  }
}
