import { typeFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { DictValue } from './dict-value.ts';
import { equals } from './equals.ts';
import { HostObject } from './host-object.ts';
import { iteratorOf } from './iterate.ts';
import { integerOf } from './number-of.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { typeName } from './type-name.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python's `item in container`. */
export function contains(container: Value, item: Value, budget: Budget): boolean {
  if (typeof container === 'string') return containsText(container, item, budget);
  if (container instanceof DictValue || container instanceof SetValue) return container.has(item);
  if (container instanceof HostObject && container.contains !== undefined) return container.contains(item);
  const integer = integerOf(item);
  if (container instanceof RangeValue && integer !== undefined) return container.has(integer);
  return containsItem(container, item, budget);
}

function containsText(text: string, item: Value, budget: Budget): boolean {
  if (item instanceof UndefinedValue)
    throw typeFault("'in <string>' requires string as left operand, not Undefined");
  if (typeof item !== 'string') {
    throw typeFault(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  budget.scan(text.length);
  return text.includes(item);
}

function containsItem(container: Value, item: Value, budget: Budget): boolean {
  const iterator = iteratorOf(container);
  if (iterator === undefined) throw typeFault(`argument of type '${typeName(container)}' is not iterable`);
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    if (equals(next.value, item, budget)) return true;
  }
  return false;
}
