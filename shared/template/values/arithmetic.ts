import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { bitLength, divideIntegers } from './divide-integers.ts';
import { type BinaryOperator, HostObject } from './host-object.ts';
import { integerOf, numberOf } from './number-of.ts';
import { operateOnSequences } from './sequence-arithmetic.ts';
import { typeName } from './type-name.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python's binary arithmetic, `%` on text excepted. */
export function operate(operator: BinaryOperator, left: Value, right: Value, budget: Budget): Value {
  const a = numberOf(left);
  const b = numberOf(right);
  if (a !== undefined && b !== undefined) return operateOnNumbers(operator, a, b, budget);
  if (left instanceof UndefinedValue) throw left.fault();
  if (right instanceof UndefinedValue) throw right.fault();
  const made = operateOnSequences(operator, left, right, budget) ?? operateOnHost(operator, left, right);
  if (made !== undefined) return made;
  throw typeFault(
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

/** Python's unary `-` and `+`. */
export function signed(operator: '-' | '+', value: Value): Value {
  if (typeof value === 'number') return operator === '-' ? -value : value;
  const integer = integerOf(value);
  if (integer !== undefined) return operator === '-' ? -integer : integer;
  if (value instanceof HostObject && value.negate !== undefined)
    return operator === '-' ? value.negate() : value;
  if (value instanceof UndefinedValue) throw value.fault();
  throw typeFault(`bad operand type for unary ${operator}: '${typeName(value)}'`);
}

function operateOnHost(operator: BinaryOperator, left: Value, right: Value): Value | undefined {
  const made = left instanceof HostObject ? left.operate?.(operator, right, false) : undefined;
  if (made !== undefined) return made;
  return right instanceof HostObject ? right.operate?.(operator, left, true) : undefined;
}

function operateOnNumbers(
  operator: BinaryOperator,
  a: bigint | number,
  b: bigint | number,
  budget: Budget,
): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return operateOnIntegers(operator, a, b, budget);
  return operateOnFloats(operator, toFloat(a), toFloat(b));
}

/** @throws a `value` fault when an int is too large. */
export function toFloat(value: bigint | number): number {
  const float = Number(value);
  if (typeof value === 'bigint' && !Number.isFinite(float))
    throw valueFault('int too large to convert to float');
  return float;
}

const small = 2n ** 31n;

function operateOnIntegers(operator: BinaryOperator, a: bigint, b: bigint, budget: Budget): Value {
  if (operator === '**') return powerOfIntegers(a, b, budget);
  if (a > small || b > small || a < -small || b < -small) {
    budget.bits(operator === '*' ? bitLength(a) + bitLength(b) : Math.max(bitLength(a), bitLength(b)) + 1);
  }
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return divideIntegers(a, b);
    case '//':
      return floorDivide(a, b);
    case '%':
      return a - floorDivide(a, b) * b;
  }
}

function floorDivide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw valueFault('integer division or modulo by zero');
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function powerOfIntegers(base: bigint, exponent: bigint, budget: Budget): Value {
  if (exponent < 0n) {
    if (base === 0n) throw valueFault('0.0 cannot be raised to a negative power');
    return toFloat(base) ** toFloat(exponent);
  }
  if (base !== 0n && base !== 1n && base !== -1n) {
    budget.bits(exponent > small ? Number.MAX_SAFE_INTEGER : bitLength(base) * Number(exponent));
    return base ** exponent;
  }
  return base === -1n && exponent % 2n === 0n ? 1n : exponent === 0n ? 1n : base;
}

function operateOnFloats(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw valueFault('float division by zero');
      return a / b;
    case '//':
      return floorDivideFloats(a, b);
    case '%':
      return moduloFloats(a, b);
    case '**':
      return powerOfFloats(a, b);
  }
}

/** The remainder takes the sign of the divisor, as in Python. */
function moduloFloats(a: number, b: number): number {
  if (b === 0) throw valueFault('float modulo');
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function floorDivideFloats(a: number, b: number): number {
  if (b === 0) throw valueFault('float floor division by zero');
  const quotient = (a - moduloFloats(a, b)) / b;
  // A zero has the sign of the exact quotient.
  if (quotient === 0) return a < 0 !== b < 0 ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function powerOfFloats(a: number, b: number): number {
  if (a === 0 && b < 0) throw valueFault('0.0 cannot be raised to a negative power');
  if (a === 1 || b === 0) return 1;
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) {
    throw valueFault('complex numbers are not supported');
  }
  const result = a ** b;
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    throw valueFault('Result too large');
  return result;
}
