import { DictValue } from './dict-value.ts';
import { HostObject } from './host-object.ts';
import { ListValue } from './list-value.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python's truth: empty, zero, None and undefined are false. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  return isObjectTrue(value);
}

function isObjectTrue(value: Exclude<Value, null | boolean | bigint | number | string>): boolean {
  if (value instanceof ListValue || value instanceof TupleValue) return value.items.length > 0;
  if (value instanceof DictValue || value instanceof SetValue) return value.size > 0;
  if (value instanceof HostObject) return value.isTrue();
  if (value instanceof RangeValue) return value.length > 0n;
  if (value instanceof UndefinedValue) {
    value.allowMildUse();
    return false;
  }
  return true;
}
