import { DictValue } from './dict-value.ts';
import { ListValue } from './list-value.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { TupleValue } from './tuple-value.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';
import { wholeFloat } from './whole-float.ts';

/** Plain data of the host. Dictionaries are Maps, because their keys need not be text. */
export type HostData =
  | null
  | boolean
  | bigint
  | number
  | string
  | undefined
  | HostData[]
  | Map<HostData, HostData>
  | object;

/**
 * The reverse of `fromHost`: lists and tuples become arrays, dictionaries Maps, sets arrays, int becomes a number
 * when it is safe (`bigint` otherwise), a float without a fraction {@link wholeFloat}, undefined becomes undefined; host objects pass unchanged.
 *
 * @throws RangeError for containers that contain themselves.
 */
export function toHost(value: Value): HostData {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === 'number') return Number.isInteger(value) ? wholeFloat(value) : value;
  if (value instanceof ListValue || value instanceof TupleValue) return value.items.map(toHost);
  if (value instanceof SetValue || value instanceof RangeValue) return [...value.values()].map(toHost);
  if (value instanceof DictValue)
    return new Map([...value.entries()].map(([key, item]) => [toHost(key), toHost(item)]));
  if (value instanceof UndefinedValue) return undefined;
  return value;
}
