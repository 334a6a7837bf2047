import type { FieldType } from './field.ts';

/**
 * Orders two canonical texts of one type, as the typed values are ordered.
 *
 * @returns negative, zero or positive; `NaN` when either is a float NaN, which no bound admits.
 * @throws TypeError for types without bounds (text, bytes, JSON, …).
 */
export function compareCanonical(type: FieldType, left: string, right: string): number {
  switch (type.kind) {
    case 'int32':
    case 'int64':
      return compareBigInts(BigInt(left), BigInt(right));
    case 'decimal':
      return compareBigInts(unscaled(left, type.scale), unscaled(right, type.scale));
    case 'float64':
      return compareNumbers(Number(left), Number(right));
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return compareTexts(comparableInstant(left), comparableInstant(right));
    default:
      throw new TypeError(`values of type ${type.kind} have no bounds`);
  }
}

function compareBigInts(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareNumbers(left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Years have four digits, so padded text orders as time does. A bare date means its midnight. */
function comparableInstant(text: string): string {
  const bare = text.endsWith('+00') ? text.slice(0, -3) : text;
  if (bare.length === 10) return `${bare} 00:00:00.000000`;
  return bare.length === 19 ? `${bare}.000000` : bare.padEnd(26, '0');
}

/** The integer a decimal is stored as: its value times 10^scale. */
export function unscaled(text: string, scale: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = `${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`;
  return BigInt(digits);
}
