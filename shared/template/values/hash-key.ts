import { TemplateFault, typeFault } from '../failures/template-fault.ts';
import { HostObject } from './host-object.ts';
import { RangeValue } from './range-value.ts';
import { TupleValue } from './tuple-value.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Equal keys have the same hash key. Objects that are equal to themselves only are their own. */
export type HashKey = string | HostObject;

const longestTuple = 10_000;

/**
 * Python's key equality: 1, 1.0 and True are one key, '1' is another.
 *
 * @throws a `type` fault for lists, dictionaries and sets.
 */
export function hashKey(value: Value): HashKey {
  if (typeof value === 'string') return `s${value}`;
  if (value instanceof HostObject) return value.hash();
  if (value instanceof TupleValue) return tupleKey(value, { left: longestTuple });
  return scalarKey(value);
}

function scalarKey(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'n1' : 'n0';
  if (typeof value === 'bigint') return `n${value}`;
  if (typeof value === 'number') return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
  if (value instanceof UndefinedValue) return 'Undefined';
  if (value instanceof RangeValue) {
    const { length } = value;
    return length === 0n ? 'r0' : `r${length}:${value.start}:${length === 1n ? 1n : value.step}`;
  }
  throw typeFault(`unhashable type: '${(value as { typeName: string }).typeName}'`);
}

function tupleKey(tuple: TupleValue, budget: { left: number }): string {
  const parts = tuple.items.map((item) => {
    budget.left -= 1;
    if (budget.left < 0) throw new TemplateFault('limit', 'a tuple too large to be a key');
    const key = item instanceof TupleValue ? tupleKey(item, budget) : hashKey(item);
    const text = typeof key === 'string' ? key : `o${identityOf(key)}`;
    return `${text.length}:${text}`;
  });
  return `t(${parts.join('')})`;
}

const identities = new WeakMap<HostObject, number>();
let lastIdentity = 0;

function identityOf(object: HostObject): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  lastIdentity += 1;
  identities.set(object, lastIdentity);
  return lastIdentity;
}
