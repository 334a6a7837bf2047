import type { FieldType, ScalarType } from './field.ts';
import { isStrictJson } from './strict-json.ts';

/**
 * Values travel as *canonical text*: the one text PostgreSQL prints for a value under `TimeZone=UTC`,
 * `DateStyle=ISO`, `bytea_output=hex`, and that a reader of JSON rows has to produce as well. Text that reads as a value
 * only by leniency (`+5`, ` 5`, `1e5` for an integer, `2020-1-5`) is not canonical and is rejected, never repaired.
 * Two relaxations, because sources print them: decimals may carry trailing zeros (`1.500`), booleans may be spelt out.
 */
const INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/;
const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]*))?$/;
const FLOAT = /^(?:NaN|-?Infinity|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$/;
const FLOAT_ZERO = /^-?0(?:\.0+)?(?:e|$)/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{0,5}[1-9]))?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEX_BYTES = /^\\x[0-9a-f]*$/;
const BOOLEANS: readonly string[] = ['t', 'f', 'true', 'false'];

/** True when `text` is the canonical text of a value that `type` holds exactly. */
export function isCanonical(type: FieldType, text: string): boolean {
  switch (type.kind) {
    case 'text':
      return isStorableText(text);
    case 'int32':
      return isInteger(text, 32n);
    case 'int64':
      return isInteger(text, 64n);
    case 'float64':
      return isFloat(text);
    case 'decimal':
      return isDecimal(text, type.precision, type.scale);
    case 'boolean':
      return BOOLEANS.includes(text);
    case 'date':
      return isDate(text);
    case 'timestamp':
      return isTimestamp(text);
    case 'timestamptz':
      return text.endsWith('+00') && isTimestamp(text.slice(0, -3));
    case 'bytes':
      return text.length % 2 === 0 && HEX_BYTES.test(text);
    case 'json':
      return isStorableText(text) && isStrictJson(text);
    case 'uuid':
      return UUID.test(text);
    case 'array':
      return isCanonicalArray(type.of, text);
  }
}

/** Neither NUL, which PostgreSQL cannot store, nor half of a surrogate pair, which UTF-8 cannot. */
function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function isInteger(text: string, bits: bigint): boolean {
  if (!INTEGER.test(text)) return false;
  const value = BigInt(text);
  return value >= -(1n << (bits - 1n)) && value < 1n << (bits - 1n);
}

function isDecimal(text: string, precision: number, scale: number): boolean {
  const match = DECIMAL.exec(text);
  if (match === null) return false;
  const [, sign = '', whole = '', fraction = ''] = match;
  const significant = withoutTrailingZeros(fraction);
  if (significant.length > scale) return false;
  if (whole === '0') return sign === '' || significant !== '';
  return whole.length <= precision - scale;
}

/** A loop, because a regular expression for trailing zeros is quadratic on long runs of them. */
export function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function isFloat(text: string): boolean {
  if (!FLOAT.test(text)) return false;
  if (text === 'NaN' || text.endsWith('Infinity')) return true;
  const value = Number(text);
  return Number.isFinite(value) && (value !== 0 || FLOAT_ZERO.test(text));
}

function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  return isDate(match[1] ?? '') && Number(match[2]) < 24 && Number(match[3]) < 60 && Number(match[4]) < 60;
}

function isCanonicalArray(of: ScalarType, text: string): boolean {
  if (!isStorableText(text) || !isStrictJson(text)) return false;
  const elements: unknown = JSON.parse(text);
  if (!Array.isArray(elements)) return false;
  return elements.every((e) => e === null || (typeof e === 'string' && isCanonical(of, e)));
}
