import { hostFunction } from '#shared/template/host/host-function.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * A plain dictionary whose entries are attributes, with `to_dict()`: what hooks at the end of a run know as one of `results`, and as its
 * `node` (as the original's `RunResult`). Entries become values when they are asked for.
 */
export class RecordValue extends HostObject {
  readonly typeName: string;
  readonly #plain: Readonly<Record<string, unknown>>;
  readonly #nested: Readonly<Record<string, RecordValue | readonly RecordValue[]>>;

  /** @param nested entries that are records themselves, or lists of them. */
  constructor(
    typeName: string,
    plain: Readonly<Record<string, unknown>>,
    nested: Readonly<Record<string, RecordValue | readonly RecordValue[]>> = {},
  ) {
    super();
    this.typeName = typeName;
    this.#plain = plain;
    this.#nested = nested;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'to_dict') return hostFunction('to_dict', () => fromHost(this.#whole()));
    const nested = Object.hasOwn(this.#nested, name) ? this.#nested[name] : undefined;
    if (nested !== undefined) return nested instanceof RecordValue ? nested : new ListValue([...nested]);
    return Object.hasOwn(this.#plain, name) ? fromHost(this.#plain[name]) : undefined;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' && key !== 'to_dict' ? this.getAttr(key) : undefined;
  }

  #whole(): Record<string, unknown> {
    const nested = Object.entries(this.#nested).map(([name, records]) => [
      name,
      records instanceof RecordValue ? records.#whole() : records.map((record) => record.#whole()),
    ]);
    return { ...this.#plain, ...Object.fromEntries(nested) };
  }
}
