import { hostFunction } from '#shared/template/host/host-function.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * A plain dictionary whose entries are attributes, with `to_dict()`: what hooks at the end of a run know as one of `results`, and as its
 * `node` (as the original's `RunResult`). Entries become values when they are asked for.
 */
export class RecordValue extends HostObject {
  readonly typeName: string;
  readonly #plain: Readonly<Record<string, unknown>>;
  readonly #nested: Readonly<Record<string, RecordValue>>;

  /** @param nested entries that are records themselves. */
  constructor(
    typeName: string,
    plain: Readonly<Record<string, unknown>>,
    nested: Readonly<Record<string, RecordValue>> = {},
  ) {
    super();
    this.typeName = typeName;
    this.#plain = plain;
    this.#nested = nested;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'to_dict') return hostFunction('to_dict', () => fromHost(this.#whole()));
    if (Object.hasOwn(this.#nested, name)) return this.#nested[name];
    return Object.hasOwn(this.#plain, name) ? fromHost(this.#plain[name]) : undefined;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' && key !== 'to_dict' ? this.getAttr(key) : undefined;
  }

  #whole(): Record<string, unknown> {
    const nested = Object.entries(this.#nested).map(([name, record]) => [name, record.#whole()]);
    return { ...this.#plain, ...Object.fromEntries(nested) };
  }
}
