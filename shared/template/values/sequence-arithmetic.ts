import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { DictValue } from './dict-value.ts';
import type { BinaryOperator } from './host-object.ts';
import { ListValue } from './list-value.ts';
import { integerOf } from './number-of.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { typeName } from './type-name.ts';
import type { Value } from './value.ts';

/** Joining and repeating of texts, lists and tuples, and difference of sets; undefined when not one of those. */
export function operateOnSequences(
  operator: BinaryOperator,
  left: Value,
  right: Value,
  budget: Budget,
): Value | undefined {
  if (operator === '+') return join(left, right, budget);
  if (operator === '*') return repeatSequence(left, right, budget);
  if (operator === '-' && left instanceof SetValue && right instanceof SetValue) {
    return new SetValue([...left.values()].filter((item) => !right.has(item)));
  }
  return undefined;
}

function join(left: Value, right: Value, budget: Budget): Value | undefined {
  if (typeof left === 'string') {
    if (typeof right !== 'string') {
      if (isSequence(right) || !(typeof right === 'object') || right === null || right instanceof DictValue) {
        throw typeFault(`can only concatenate str (not "${typeName(right)}") to str`);
      }
      return undefined;
    }
    budget.text(left.length + right.length);
    return left + right;
  }
  if (left instanceof ListValue && right instanceof ListValue) {
    budget.step(left.items.length + right.items.length);
    return new ListValue([...left.items, ...right.items]);
  }
  if (left instanceof TupleValue && right instanceof TupleValue) {
    budget.step(left.items.length + right.items.length);
    return new TupleValue([...left.items, ...right.items]);
  }
  return undefined;
}

function isSequence(value: Value): boolean {
  return value instanceof ListValue || value instanceof TupleValue;
}

function repeatSequence(left: Value, right: Value, budget: Budget): Value | undefined {
  const leftCount = integerOf(left);
  if (leftCount !== undefined) return repeated(right, leftCount, budget);
  const rightCount = integerOf(right);
  return rightCount === undefined ? undefined : repeated(left, rightCount, budget);
}

function repeated(value: Value, times: bigint, budget: Budget): Value | undefined {
  const count = times < 0n ? 0 : times > 2n ** 31n ? 2 ** 31 : Number(times);
  if (typeof value === 'string') {
    if (value === '') return '';
    budget.text(value.length * count);
    if (value.length * count > 2 ** 28) throw valueFault('a string too long');
    return value.repeat(count);
  }
  if (value instanceof ListValue) return new ListValue(repeatItems(value.items, count, budget));
  if (value instanceof TupleValue) return new TupleValue(repeatItems(value.items, count, budget));
  return undefined;
}

function repeatItems(items: readonly Value[], count: number, budget: Budget): Value[] {
  budget.step(items.length * count);
  const all: Value[] = [];
  if (items.length > 0) for (let time = 0; time < count; time += 1) for (const item of items) all.push(item);
  return all;
}
