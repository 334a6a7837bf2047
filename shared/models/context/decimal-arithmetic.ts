import { valueFault } from '#shared/template/failures/template-fault.ts';
import type { BinaryOperator } from '#shared/template/values/host-object.ts';

/** `digits × 10^exponent`, as Python's decimal keeps it: 1.50 is 150 and -2. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Significant digits of a result: those of Python's default context. */
const PRECISION = 28;
/** Beyond it, lining up two numbers would cost more than a template may. */
const LARGEST_EXPONENT = 10_000;

/** @returns undefined for what is no finite number, e.g. `NaN`. */
export function readDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found ?? [];
  if (found === null || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

/** Python's str(): plain, or with an exponent where that is shorter by its rules. */
export function decimalText({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  const point = text.length + exponent;
  if (exponent > 0 || point <= -6) {
    const power = point - 1;
    const mantissa = text.length > 1 ? `${text[0]}.${text.slice(1)}` : text;
    return `${sign}${mantissa}E${power < 0 ? '-' : '+'}${Math.abs(power)}`;
  }
  if (exponent === 0) return sign + text;
  return point > 0
    ? `${sign}${text.slice(0, point)}.${text.slice(point)}`
    : `${sign}0.${'0'.repeat(-point)}${text}`;
}

/** @throws a `value` fault for a division by zero, and for exponents too far apart. */
export function calculate(operator: BinaryOperator, a: Decimal, b: Decimal): Decimal {
  switch (operator) {
    case '+':
      return rounded(aligned(a, b, (left, right) => left + right));
    case '-':
      return rounded(aligned(a, b, (left, right) => left - right));
    case '*':
      return rounded({ digits: a.digits * b.digits, exponent: a.exponent + b.exponent });
    case '/':
      return divided(a, b);
    case '//':
      return rounded({ digits: quotient(a, b), exponent: 0 });
    case '%':
      return rounded(aligned(a, b, (left, right) => left % nonZero(right)));
    case '**':
      return power(a, b);
  }
}

/** Negative, zero or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const { digits } = aligned(a, b, (left, right) => left - right);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** To so many places after the point, half to even. */
export function roundDecimal({ digits, exponent }: Decimal, places: number): Decimal {
  const cut = -places - exponent;
  if (cut > 0) return { digits: cutHalfEven(digits, cut), exponent: -places };
  return { digits: digits * tenTo(-cut), exponent: -places };
}

/** One text for equal values, whatever their trailing zeros. */
export function decimalKey({ digits, exponent }: Decimal): string {
  if (digits === 0n) return '0';
  const text = String(digits);
  const short = text.replace(/0+$/, '');
  return `${short}e${exponent + text.length - short.length}`;
}

function aligned(a: Decimal, b: Decimal, work: (a: bigint, b: bigint) => bigint): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.digits * tenTo(a.exponent - exponent);
  return { digits: work(left, b.digits * tenTo(b.exponent - exponent)), exponent };
}

function quotient(a: Decimal, b: Decimal): bigint {
  return aligned(a, b, (left, right) => left / nonZero(right)).digits;
}

/** As Python (`Decimal.__truediv__`): one digit more than is kept, and trailing zeros of an exact result dropped. */
function divided(a: Decimal, b: Decimal): Decimal {
  nonZero(b.digits);
  const ideal = a.exponent - b.exponent;
  if (a.digits === 0n) return { digits: 0n, exponent: ideal };
  const shift = lengthOf(b.digits) - lengthOf(a.digits) + PRECISION + 1;
  const left = shift >= 0 ? a.digits * tenTo(shift) : a.digits;
  const right = shift >= 0 ? b.digits : b.digits * tenTo(-shift);
  let digits = left / right;
  let exponent = ideal - shift;
  // A rest must show in the last digit, so that rounding half to even sees it.
  if (left % right !== 0n) digits += digits % 5n === 0n ? (left < 0n === right < 0n ? 1n : -1n) : 0n;
  else
    while (exponent < ideal && digits % 10n === 0n) {
      digits /= 10n;
      exponent += 1;
    }
  return rounded({ digits, exponent });
}

/** Whole exponents exactly; others through floating point. */
function power(a: Decimal, b: Decimal): Decimal {
  const exponent = b.exponent >= 0 ? Number(b.digits) * 10 ** b.exponent : Number(decimalText(b));
  const isSmall = Number.isInteger(exponent) && Math.abs(exponent) * lengthOf(a.digits) <= LARGEST_EXPONENT;
  if (isSmall) {
    const times = Math.abs(exponent);
    const raised = rounded({ digits: a.digits ** BigInt(times), exponent: a.exponent * times });
    return exponent < 0 ? divided({ digits: 1n, exponent: 0 }, raised) : raised;
  }
  const near = readDecimal(String(Number(decimalText(a)) ** exponent));
  if (near === undefined) throw valueFault('the result of ** is no decimal');
  return near;
}

function rounded(value: Decimal): Decimal {
  const extra = lengthOf(value.digits) - PRECISION;
  if (extra <= 0) return value;
  const digits = cutHalfEven(value.digits, extra);
  return lengthOf(digits) > PRECISION
    ? { digits: digits / 10n, exponent: value.exponent + extra + 1 }
    : { digits, exponent: value.exponent + extra };
}

/** Without the last `places` digits. */
function cutHalfEven(digits: bigint, places: number): bigint {
  if (places > lengthOf(digits)) return 0n;
  const unit = tenTo(places);
  const kept = digits / unit;
  const rest = digits < 0n ? -(digits % unit) : digits % unit;
  const isUp = rest * 2n > unit || (rest * 2n === unit && kept % 2n !== 0n);
  return isUp ? kept + (digits < 0n ? -1n : 1n) : kept;
}

function tenTo(power: number): bigint {
  if (power > LARGEST_EXPONENT) throw valueFault('decimals too far apart');
  return 10n ** BigInt(power);
}

function nonZero(value: bigint): bigint {
  if (value === 0n) throw valueFault('division of a decimal by zero');
  return value;
}

const lengthOf = (digits: bigint): number => String(digits < 0n ? -digits : digits).length;
