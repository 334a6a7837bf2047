import type { Budget } from '../limits/budget.ts';
import type { RenderState } from '../values/call-site.ts';
import { codePoints, isSimpleText } from '../values/code-points.ts';
import { DictValue } from '../values/dict-value.ts';
import { HostObject } from '../values/host-object.ts';
import { ListValue } from '../values/list-value.ts';
import { integerOf } from '../values/number-of.ts';
import { presentOr } from '../values/present.ts';
import { RangeValue } from '../values/range-value.ts';
import { SetValue } from '../values/set-value.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { dictMethods } from './dict-methods.ts';
import { listMethods } from './list-methods.ts';
import { boundFrom } from './method-table.ts';
import { numberAttribute } from './number-methods.ts';
import { rangeAttribute } from './range-methods.ts';
import { setMethods } from './set-methods.ts';
import { textMethods } from './text-methods.ts';
import { tupleMethods } from './tuple-methods.ts';

/** `value.name` as Jinja reads it: the attribute, else the item of that name. Undefined when there is neither. */
export function getAttribute(
  value: Value,
  name: string,
  state: Pick<RenderState, 'budget'>,
): Value | undefined {
  return presentOr(attributeOf(value, name), () => itemOf(value, name, state.budget));
}

/** `value[key]` as Jinja reads it: the item, else the attribute of that name. Undefined when there is neither. */
export function getItem(value: Value, key: Value, state: Pick<RenderState, 'budget'>): Value | undefined {
  const item = itemOf(value, key, state.budget);
  if (item !== undefined || typeof key !== 'string') return item;
  return attributeOf(value, key);
}

function attributeOf(value: Value, name: string): Value | undefined {
  if (typeof value === 'string') return boundFrom(textMethods, value, name);
  if (value instanceof HostObject) return value.getAttr(name);
  if (value instanceof DictValue) return boundFrom(dictMethods, value, name);
  if (value instanceof ListValue) return boundFrom(listMethods, value, name);
  if (value instanceof TupleValue) {
    const index = value.fieldNames?.indexOf(name) ?? -1;
    return index === -1 ? boundFrom(tupleMethods, value, name) : value.items[index];
  }
  if (value instanceof SetValue) return boundFrom(setMethods, value, name);
  if (value instanceof RangeValue) return rangeAttribute(value, name);
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return numberAttribute(value, name);
  return undefined;
}

function itemOf(value: Value, key: Value, budget: Budget): Value | undefined {
  if (value instanceof DictValue) return isHashable(key) ? value.get(key) : undefined;
  if (value instanceof HostObject) return value.getItem(key);
  const index = integerOf(key);
  if (index === undefined) return undefined;
  if (value instanceof ListValue || value instanceof TupleValue)
    return value.items.at(asIndex(index, value.items.length));
  if (typeof value === 'string') return characterAt(value, index, budget);
  if (value instanceof RangeValue) {
    const positive = index < 0n ? index + value.length : index;
    return positive >= 0n && positive < value.length ? value.at(positive) : undefined;
  }
  return undefined;
}

/** As in Jinja, an unhashable key is an item that is not there. */
function isHashable(key: Value): boolean {
  return !(key instanceof ListValue || key instanceof DictValue || key instanceof SetValue);
}

/** An index that `Array.at` finds nothing at, when it is out of range. */
function asIndex(index: bigint, length: number): number {
  return index >= -BigInt(length) && index < BigInt(length) ? Number(index) : length;
}

function characterAt(text: string, index: bigint, budget: Budget): string | undefined {
  if (isSimpleText(text)) return text.at(asIndex(index, text.length));
  budget.scan(text.length);
  const characters = codePoints(text);
  return characters.at(asIndex(index, characters.length));
}
