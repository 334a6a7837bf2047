import { typeFault } from '../failures/template-fault.ts';
import { textLength } from './code-points.ts';
import { DictValue } from './dict-value.ts';
import { HostObject } from './host-object.ts';
import { ListValue } from './list-value.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { typeName } from './type-name.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python's len(), or undefined when the value has none. */
export function lengthOrNone(value: Value): bigint | undefined {
  if (typeof value === 'string') return BigInt(textLength(value));
  if (value instanceof ListValue || value instanceof TupleValue) return BigInt(value.items.length);
  if (value instanceof DictValue || value instanceof SetValue) return BigInt(value.size);
  if (value instanceof RangeValue) return value.length;
  if (value instanceof UndefinedValue) {
    value.allowMildUse();
    return 0n;
  }
  if (value instanceof HostObject && value.size !== undefined) return BigInt(value.size());
  return undefined;
}

/** @throws a `type` fault when the value has no length. */
export function lengthOf(value: Value): bigint {
  const length = lengthOrNone(value);
  if (length === undefined) throw typeFault(`object of type '${typeName(value)}' has no len()`);
  return length;
}
