import { typeFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { equals } from './equals.ts';
import { HostObject } from './host-object.ts';
import { ListValue } from './list-value.ts';
import { numberOf } from './number-of.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { typeName } from './type-name.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** An ordering operator of Python. */
export type Ordering = '<' | '<=' | '>' | '>=';

/**
 * Python's ordering comparison.
 *
 * @throws a `type` fault when the two types have no order, an `undefined` fault for undefined.
 */
export function ordered(left: Value, operator: Ordering, right: Value, budget: Budget): boolean {
  budget.step();
  if (left instanceof UndefinedValue) throw left.fault();
  if (right instanceof UndefinedValue) throw right.fault();
  if (left instanceof SetValue && right instanceof SetValue) return orderedSets(left, operator, right);
  const a = numberOf(left);
  const b = numberOf(right);
  if (a !== undefined && b !== undefined)
    return answer(operator, a < b, a > b, Number.isNaN(a) || Number.isNaN(b));
  const sign = compareValues(left, right, budget);
  if (sign === undefined) throw noOrder(left, operator, right);
  return answer(operator, sign < 0, sign > 0, false);
}

/** Negative when `left` sorts before `right`, positive when after, for sorting. */
export function compareForSort(left: Value, right: Value, budget: Budget): number {
  if (ordered(left, '<', right, budget)) return -1;
  return ordered(right, '<', left, budget) ? 1 : 0;
}

function answer(operator: Ordering, less: boolean, greater: boolean, unordered: boolean): boolean {
  if (unordered) return false;
  switch (operator) {
    case '<':
      return less;
    case '<=':
      return !greater;
    case '>':
      return greater;
    case '>=':
      return !less;
  }
}

function noOrder(left: Value, operator: Ordering, right: Value): Error {
  return typeFault(
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function compareValues(left: Value, right: Value, budget: Budget): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left instanceof ListValue && right instanceof ListValue)
    return compareItems(left.items, right.items, budget);
  if (left instanceof TupleValue && right instanceof TupleValue)
    return compareItems(left.items, right.items, budget);
  if (left instanceof HostObject && left.compare !== undefined) return left.compare(right);
  if (right instanceof HostObject && right.compare !== undefined) {
    const sign = right.compare(left);
    return sign === undefined ? undefined : -sign;
  }
  return undefined;
}

function compareItems(left: readonly Value[], right: readonly Value[], budget: Budget): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const a = left[index] ?? null;
    const b = right[index] ?? null;
    if (equals(a, b, budget)) continue;
    budget.enter();
    const sign = compareForSort(a, b, budget);
    budget.leave();
    return sign;
  }
  return left.length - right.length;
}

/** By code point, as Python does; UTF-16 order differs above U+FFFF. */
function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function orderedSets(left: SetValue, operator: Ordering, right: SetValue): boolean {
  if (operator === '>' || operator === '>=') return orderedSets(right, operator === '>' ? '<' : '<=', left);
  if (operator === '<' && left.size >= right.size) return false;
  for (const item of left.values()) if (!right.has(item)) return false;
  return true;
}
