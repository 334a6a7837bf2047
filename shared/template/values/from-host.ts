import { typeFault } from '../failures/template-fault.ts';
import { DictValue } from './dict-value.ts';
import { HostObject } from './host-object.ts';
import { IteratorValue } from './iterator-value.ts';
import { ListValue } from './list-value.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';
import { floatIn } from './whole-float.ts';

/**
 * Converts plain data of the host: whole numbers become int, other numbers and {@link wholeFloat} float, arrays lists, Maps and plain
 * objects dictionaries, Sets sets, undefined None. Values of the engine pass unchanged.
 *
 * @throws a `type` fault for anything else (functions, class instances): wrap it in a HostObject.
 */
export function fromHost(data: unknown): Value {
  if (data === undefined || data === null) return null;
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data;
  if (typeof data === 'number')
    return Number.isSafeInteger(data) && !Object.is(data, -0) ? BigInt(data) : data;
  if (typeof data === 'object') return isValueObject(data) ? data : fromObject(data);
  throw typeFault(`a ${typeof data} cannot be given to a template`);
}

function fromObject(data: object): Value {
  if (Array.isArray(data)) return new ListValue(data.map(fromHost));
  if (data instanceof Map)
    return new DictValue([...data].map(([key, value]) => [fromHost(key), fromHost(value)]));
  if (data instanceof Set) return new SetValue([...data].map(fromHost));
  const float = floatIn(data);
  if (float !== undefined) return float;
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype === Object.prototype || prototype === null) {
    return new DictValue(Object.entries(data).map(([key, value]) => [key, fromHost(value)]));
  }
  throw typeFault('an object of the host cannot be given to a template unless it is a HostObject');
}

/** True for the engine's own value classes. */
export function isValueObject(
  data: object,
): data is Exclude<Value, null | boolean | bigint | number | string> {
  return (
    data instanceof HostObject ||
    data instanceof ListValue ||
    data instanceof DictValue ||
    data instanceof TupleValue ||
    data instanceof SetValue ||
    data instanceof RangeValue ||
    data instanceof UndefinedValue ||
    data instanceof IteratorValue
  );
}

/** True when `data` may be handed to a template as it is. */
export function isValue(data: unknown): data is Value {
  if (data === null) return true;
  if (typeof data === 'object') return isValueObject(data);
  return (
    typeof data === 'string' ||
    typeof data === 'boolean' ||
    typeof data === 'bigint' ||
    typeof data === 'number'
  );
}
