import { HostObject } from './host-object.ts';
import type { Value } from './value.ts';

/** The value as a number of Python, with True as 1; undefined when it is none. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return undefined;
}

/** The value as an int of Python, with True as 1; undefined when it is none. */
export function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return undefined;
}

/** As `numberOf`, and the nearest number of a host object that stands for one, e.g. a decimal. */
export function nearestNumber(value: Value): bigint | number | undefined {
  return value instanceof HostObject ? value.asNumber?.() : numberOf(value);
}
