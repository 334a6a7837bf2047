import { hostFunction } from '#shared/template/host/host-function.ts';
import { Budget } from '#shared/template/limits/budget.ts';
import { defaultLimits } from '#shared/template/limits/limits.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { toRepr } from '#shared/template/values/to-text.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';

const SHOWN = 5;

/** Things by number, and by name where they have names: agate's MappedSequence. */
export class ResultSequence extends HostObject {
  readonly typeName: string = 'agate.MappedSequence';
  readonly values: readonly Value[];
  readonly names: readonly string[] | undefined;

  constructor(values: readonly Value[], names?: readonly string[]) {
    super();
    this.values = values;
    this.names = names;
  }

  override getItem(key: Value): Value | undefined {
    if (typeof key === 'bigint') return this.values.at(Number(key));
    const place = typeof key === 'string' ? (this.names?.indexOf(key) ?? -1) : -1;
    return place < 0 ? undefined : this.values[place];
  }

  override getAttr(name: string): Value | undefined {
    const run = METHODS[name];
    return run && hostFunction(name, (call) => run(this, call));
  }

  override iterate(): Iterable<Value> {
    return this.values;
  }

  override size(): number {
    return this.values.length;
  }

  /** The first few of its values, as agate shows it. */
  override toText(): string {
    const budget = new Budget(defaultLimits);
    const some = this.values.slice(0, SHOWN).map((value) => toRepr(value, budget));
    return `<${this.typeName}: (${[...some, ...(this.values.length > SHOWN ? ['...'] : [])].join(', ')})>`;
  }

  /** Names with what they name; a name that comes twice leads to the first. */
  entries(): [string, Value][] {
    return (this.names ?? []).map((name) => [name, this.getItem(name) ?? null]);
  }
}

const METHODS: Readonly<Partial<Record<string, (of: ResultSequence, call: CallSite) => Value>>> = {
  __proto__: null as never,
  values: ({ values }) => new TupleValue([...values]),
  keys: ({ names }) => (names === undefined ? null : new TupleValue([...names])),
  items: (of) => new TupleValue(of.entries().map((entry) => new TupleValue(entry))),
  dict: (of) => new DictValue(of.entries()),
  get: (of, { args: [key = null, fallback = null], kwargs }) => {
    const found = of.getItem(key);
    return found === undefined ? (kwargs.get('default') ?? fallback) : found;
  },
};
