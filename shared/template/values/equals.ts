import type { Budget } from '../limits/budget.ts';
import { DictValue } from './dict-value.ts';
import { HostObject } from './host-object.ts';
import { ListValue } from './list-value.ts';
import { numberOf } from './number-of.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python's `==`. Values of different types are different, except that numbers compare by size. */
export function equals(left: Value, right: Value, budget: Budget): boolean {
  budget.step();
  if (left === right) return true;
  if (typeof left === 'string' || typeof right === 'string') return equalsHost(left, right);
  const a = numberOf(left);
  const b = numberOf(right);
  // Loose on purpose: it compares a bigint with a float by value.
  // biome-ignore lint/suspicious/noDoubleEquals: int and float are equal when their values are
  if (a !== undefined && b !== undefined) return a == b;
  if (left === null || right === null) return equalsHost(left, right);
  budget.enter();
  const same = equalObjects(left, right, budget);
  budget.leave();
  return same;
}

function equalsHost(left: Value, right: Value): boolean {
  if (left instanceof HostObject && left.equals !== undefined) return left.equals(right);
  if (right instanceof HostObject && right.equals !== undefined) return right.equals(left);
  return false;
}

function equalObjects(left: Value, right: Value, budget: Budget): boolean {
  if (left instanceof ListValue)
    return right instanceof ListValue && equalItems(left.items, right.items, budget);
  if (left instanceof TupleValue)
    return right instanceof TupleValue && equalItems(left.items, right.items, budget);
  if (left instanceof DictValue) return right instanceof DictValue && equalDicts(left, right, budget);
  if (left instanceof SetValue) return right instanceof SetValue && equalSets(left, right);
  if (left instanceof RangeValue) return right instanceof RangeValue && equalRanges(left, right);
  if (left instanceof UndefinedValue) return right instanceof UndefinedValue;
  return equalsHost(left, right);
}

function equalItems(left: readonly Value[], right: readonly Value[], budget: Budget): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (!equals(left[index] ?? null, right[index] ?? null, budget)) return false;
  }
  return true;
}

function equalDicts(left: DictValue, right: DictValue, budget: Budget): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left.entries()) {
    const other = right.get(key);
    if (other === undefined || !equals(value, other, budget)) return false;
  }
  return true;
}

function equalSets(left: SetValue, right: SetValue): boolean {
  if (left.size !== right.size) return false;
  for (const item of left.values()) if (!right.has(item)) return false;
  return true;
}

function equalRanges(left: RangeValue, right: RangeValue): boolean {
  if (left.length !== right.length) return false;
  if (left.length === 0n) return true;
  return left.start === right.start && (left.length === 1n || left.step === right.step);
}
