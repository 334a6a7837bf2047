import { valueFault } from '../failures/template-fault.ts';

const exactLimit = 2n ** 53n;

/** Bits of the absolute value. */
export function bitLength(value: bigint): number {
  const positive = value < 0n ? -value : value;
  return positive < exactLimit ? smallBitLength(Number(positive)) : bigBitLength(positive);
}

function smallBitLength(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log2(value)) + 1;
}

function bigBitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex.charAt(0), 16)));
}

/**
 * Python's int / int: the float next to the exact quotient.
 *
 * @throws a `value` fault when dividing by zero or when the quotient is too large for a float.
 */
export function divideIntegers(left: bigint, right: bigint): number {
  if (right === 0n) throw valueFault('division by zero');
  if (isExact(left) && isExact(right)) return Number(left) / Number(right);
  const negative = left < 0n !== right < 0n;
  const quotient = roundedQuotient(left < 0n ? -left : left, right < 0n ? -right : right);
  if (!Number.isFinite(quotient)) throw valueFault('integer division result too large for a float');
  return negative ? -quotient : quotient;
}

function isExact(value: bigint): boolean {
  return value <= exactLimit && value >= -exactLimit;
}

/** Scales so that the whole quotient has 66 bits or more; its lowest bit then only tells that something is left. */
function roundedQuotient(left: bigint, right: bigint): number {
  const shift = Math.max(0, 66 - (bitLength(left) - bitLength(right)));
  const scaled = left << BigInt(shift);
  const whole = scaled / right;
  const sticky = scaled % right === 0n ? whole : whole | 1n;
  return Number(sticky) * 2 ** -shift;
}
