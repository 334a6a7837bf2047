import { typeFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { codePoints } from './code-points.ts';
import { DictValue } from './dict-value.ts';
import { HostObject } from './host-object.ts';
import { IteratorValue } from './iterator-value.ts';
import { ListValue } from './list-value.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { typeName } from './type-name.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python's iter(), or undefined when the value cannot be iterated. */
export function iteratorOf(value: Value): Iterator<Value> | undefined {
  if (value instanceof ListValue) return liveItems(value);
  if (typeof value === 'string') return codePoints(value)[Symbol.iterator]();
  if (value instanceof TupleValue) return value.items[Symbol.iterator]();
  if (value instanceof DictValue) return whileSizeStays('dictionary', value, value.keys());
  if (value instanceof SetValue) return whileSizeStays('Set', value, value.values());
  if (value instanceof RangeValue) return value.values();
  if (value instanceof IteratorValue) return value.iterator;
  if (value instanceof UndefinedValue) {
    value.allowMildUse();
    return [][Symbol.iterator]();
  }
  if (value instanceof HostObject) return value.iterate?.()[Symbol.iterator]();
  return undefined;
}

/** @throws a `type` fault when the value cannot be iterated. */
export function iterate(value: Value): Iterator<Value> {
  const iterator = iteratorOf(value);
  if (iterator === undefined) throw typeFault(`'${typeName(value)}' object is not iterable`);
  return iterator;
}

/** All items in a new array; each costs a step. */
export function itemsOf(value: Value, budget: Budget): Value[] {
  if (value instanceof ListValue || value instanceof TupleValue) {
    budget.step(value.items.length);
    return value.items.slice();
  }
  const iterator = iterate(value);
  const items: Value[] = [];
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    budget.step();
    items.push(next.value);
  }
  return items;
}

/** As Python: items appended while walking are walked too. */
function* liveItems(list: ListValue): Generator<Value> {
  for (let index = 0; index < list.items.length; index += 1) yield list.items[index] ?? null;
}

/** As Python: a dictionary must not grow or shrink while it is walked. */
export function* whileSizeStays(
  what: string,
  sized: { readonly size: number },
  items: Iterable<Value>,
): Generator<Value> {
  const { size } = sized;
  for (const item of items) {
    yield item;
    if (sized.size !== size) throw typeFault(`${what} changed size during iteration`);
  }
}
