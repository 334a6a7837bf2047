import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';

/** An imported template: what it sets at its top level, names with a leading underscore excepted. */
export class ModuleValue extends HostObject {
  readonly typeName = 'TemplateModule';
  readonly file: string;
  readonly #names: ReadonlyMap<string, Value>;
  readonly #text: string;

  constructor(file: string, names: ReadonlyMap<string, Value>, text: string) {
    super();
    this.file = file;
    this.#names = names;
    this.#text = text;
  }

  override getAttr(name: string): Value | undefined {
    return name.startsWith('_') ? undefined : this.#names.get(name);
  }

  override toText(): string {
    return this.#text;
  }
}
