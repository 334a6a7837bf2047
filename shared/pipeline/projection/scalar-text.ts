import { isCanonical, withoutTrailingZeros } from '../canonical-text.ts';
import type { FieldType, ScalarType } from '../field.ts';
import { instantText, isDateText, timestampText } from './instant-text.ts';
import { exactDecimalText, isPlainInteger, isPlainNumeral } from './plain-numeral.ts';

/**
 * A parsed JSON value as canonical text of one type; undefined when it is no value of the type, or one that the type or
 * JSON's numbers may not hold exactly. Never called with null.
 */
export type ToText = (value: unknown) => string | undefined;

/**
 * Compiles the conversion to a type. Besides JSON's own kinds, numbers and booleans may be written as strings, and instants
 * in any offset of ISO 8601; nothing else is put right.
 */
export function toTextOf(type: FieldType): ToText {
  switch (type.kind) {
    case 'text':
      return storableText;
    case 'int32':
      return (value) => integerText(value, isInt32);
    case 'int64':
      return (value) => integerText(value, isInt64);
    case 'float64':
      return floatText;
    case 'decimal':
      return (value) => decimalText(value, type);
    case 'boolean':
      return booleanText;
    case 'date':
      return (value) => (typeof value === 'string' && isDateText(value) ? value : undefined);
    case 'timestamp':
      return (value) => (typeof value === 'string' ? timestampText(value) : undefined);
    case 'timestamptz':
      return (value) => (typeof value === 'string' ? instantText(value) : undefined);
    case 'array':
      return arrayText(type.of);
    default:
      return (value) => (typeof value === 'string' && isCanonical(type, value) ? value : undefined);
  }
}

const SHORT_TEXT = 64;
const FIRST_SURROGATE = 0xd800;

/** Short texts are looked through here; a call of native code costs as much as 60 characters. */
export function storableText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length <= SHORT_TEXT && isPlain(value)) return value;
  return value.includes('\u0000') || !value.isWellFormed() ? undefined : value;
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0 || code >= FIRST_SURROGATE) return false;
  }
  return true;
}

function integerText(value: unknown, fits: (text: string) => boolean): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'bigint') return fits(String(text)) ? String(text) : undefined;
  return typeof text === 'string' && isPlainInteger(text) && fits(text) ? text : undefined;
}

const INT32 = 2 ** 31;
const SURE_DIGITS = 15;
const INT64_DIGITS = 20;

function isInt32(text: string): boolean {
  const value = Number(text);
  return value >= -INT32 && value < INT32;
}

function isInt64(text: string): boolean {
  if (text.length <= SURE_DIGITS) return true;
  return text.length <= INT64_DIGITS && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function floatText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  const number = floatOf(value);
  return number === undefined ? undefined : String(number);
}

/** A number, or a string that is a plain numeral within the range of doubles. */
export function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !isPlainNumeral(value)) return undefined;
  const number = Number(value);
  const underflows = number === 0 && /[1-9]/.test(value);
  return Number.isFinite(number) && !underflows ? number : undefined;
}

type Decimal = Extract<ScalarType, { kind: 'decimal' }>;

function decimalText(value: unknown, type: Decimal): string | undefined {
  const text = typeof value === 'number' ? exactDecimalText(value) : value;
  if (typeof text === 'bigint') return decimalText(String(text), type);
  if (typeof text !== 'string' || !isPlainNumeral(text)) return undefined;
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : withoutTrailingZeros(text.slice(point + 1));
  const digits = whole.startsWith('-') ? whole.length - 1 : whole.length;
  const fits = whole === '0' || whole === '-0' || digits <= type.precision - type.scale;
  if (!fits || fraction.length > type.scale || (whole === '-0' && fraction === '')) return undefined;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

const BOOLEANS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [true, 't'],
  [false, 'f'],
  ['true', 't'],
  ['false', 'f'],
  ['t', 't'],
  ['f', 'f'],
]);

const booleanText = (value: unknown): string | undefined => BOOLEANS.get(value);

/** An array travels as JSON text of strings and nulls. */
function arrayText(of: ScalarType): ToText {
  const element = toTextOf(of);
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const texts: (string | null)[] = [];
    for (const one of value) {
      const text = one === null ? null : element(one);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return JSON.stringify(texts);
  };
}
