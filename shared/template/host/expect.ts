import { typeFault, valueFault } from '../failures/template-fault.ts';
import { integerOf, numberOf } from '../values/number-of.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';

const largest = 2n ** 31n;

function wrong(value: Value, wanted: string, what: string): Error {
  return value instanceof UndefinedValue
    ? value.fault()
    : typeFault(`${what} must be ${wanted}, not ${typeName(value)}`);
}

/** @throws a `type` fault when the argument is no str. */
export function expectText(value: Value, what: string): string {
  if (typeof value !== 'string') throw wrong(value, 'str', what);
  return value;
}

/** An int small enough to count with. @throws a `type` fault when it is no int, a `value` fault when too large. */
export function expectCount(value: Value, what: string): number {
  const integer = integerOf(value);
  if (integer === undefined) throw wrong(value, 'int', what);
  if (integer > largest || integer < -largest) throw valueFault(`${what} is too large`);
  return Number(integer);
}

/** @throws a `type` fault when the argument is no number. */
export function expectNumber(value: Value, what: string): bigint | number {
  const number = numberOf(value);
  if (number === undefined) throw wrong(value, 'a number', what);
  return number;
}
