import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import type { Value } from '#shared/template/values/value.ts';

const bindInclude = parameters('include', 'database?', 'schema?', 'identifier?');

/** A relation as the cases use it: prints quoted, has parts, can leave parts out. */
export class Relation extends HostObject {
  readonly typeName = 'Relation';
  readonly #parts: ReadonlyMap<string, string>;

  constructor(parts: ReadonlyMap<string, string>) {
    super();
    this.#parts = parts;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'include') return hostFunction('include', (call) => this.#include(bindInclude(call)));
    return this.#parts.get(name);
  }

  override toText(): string {
    return [...this.#parts.values()].map((part) => `"${part}"`).join('.');
  }

  #include(wanted: readonly (Value | undefined)[]): Relation {
    const names = ['database', 'schema', 'identifier'];
    const kept = [...this.#parts].filter(([name]) => isTrue(wanted[names.indexOf(name)] ?? true));
    return new Relation(new Map(kept));
  }
}

export function relation(schema: string, identifier: string): Relation {
  return new Relation(
    new Map([
      ['database', 'db'],
      ['schema', schema],
      ['identifier', identifier],
    ]),
  );
}
