import { HostRecord } from '#shared/template/host/host-record.ts';
import { Budget } from '#shared/template/limits/budget.ts';
import { defaultLimits } from '#shared/template/limits/limits.ts';
import { toRepr } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';

/** A record that prints its fields and equals another of the same fields, as Python's dataclasses do. */
export class DataRecord extends HostRecord {
  readonly #text: string;

  /** @param fields few and short. @param methods attributes that are no fields. */
  constructor(
    typeName: string,
    fields: Readonly<Record<string, Value>>,
    methods: Readonly<Record<string, Value>> = {},
  ) {
    super(typeName, { ...methods, ...fields });
    this.#text = dataText(typeName, fields);
  }

  override toRepr(): string {
    return this.#text;
  }

  override toText(): string {
    return this.#text;
  }

  override equals(other: Value): boolean {
    return other instanceof DataRecord && other.toRepr() === this.#text;
  }

  override hash(): string {
    return this.#text;
  }
}

/** `Name(field=value, …)`. */
export function dataText(typeName: string, fields: Readonly<Record<string, Value>>): string {
  const budget = new Budget(defaultLimits);
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${toRepr(value, budget)}`);
  return `${typeName}(${shown.join(', ')})`;
}
