import { bitLength } from '../values/divide-integers.ts';
import type { Value } from '../values/value.ts';
import { boundFrom, methodTable } from './method-table.ts';

const integerMethods = methodTable<bigint>({
  bit_length: (self) => BigInt(bitLength(self)),
  bit_count: (self) => BigInt((self < 0n ? -self : self).toString(2).replaceAll('0', '').length),
  conjugate: (self) => self,
  is_integer: () => true,
});

const floatMethods = methodTable<number>({
  is_integer: (self) => Number.isInteger(self),
  conjugate: (self) => self,
});

/** Attribute of an int, a float or a bool. */
export function numberAttribute(value: bigint | number | boolean, name: string): Value | undefined {
  if (typeof value === 'number') {
    if (name === 'real') return value;
    return name === 'imag' ? 0 : boundFrom(floatMethods, value, name);
  }
  const integer = typeof value === 'bigint' ? value : value ? 1n : 0n;
  if (name === 'real' || name === 'numerator') return integer;
  if (name === 'imag') return 0n;
  return name === 'denominator' ? 1n : boundFrom(integerMethods, integer, name);
}
