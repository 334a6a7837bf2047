import { type FieldType, isShape, type JsonShape } from '#shared/pipeline/field.ts';

/**
 * What a parsed JSON value is as canonical text, written for plainness alone: the measure of the compiled conversions.
 *
 * @returns undefined when it is no value of the type.
 */
export function referenceText(type: FieldType, value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  switch (type.kind) {
    case 'int32':
    case 'int64':
      return typeof value === 'number' ? wholeText(value) : numeral(value, /^-?[0-9]+$/);
    case 'decimal':
      return decimalText(value);
    case 'float64':
      return floatText(value);
    case 'boolean':
      return typeof value === 'boolean' ? String(value).slice(0, 1) : booleanText(value);
    case 'timestamptz':
      return momentText(value);
    case 'timestamp':
      return typeof value === 'string' && !/[Z+]|-\d\d(:?\d\d)?$/.test(value.slice(10))
        ? clockText(value)
        : undefined;
    case 'array': {
      const { of } = type;
      if (!Array.isArray(value)) return undefined;
      const elements = value.map((one) => referenceText(of, one));
      return elements.includes(undefined) ? undefined : JSON.stringify(elements);
    }
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

/**
 * A value as the JSON text a shaped column would hold, unknown keys and all; what is no value of its type becomes one
 * that no leaf takes.
 */
export function referenceJson(shape: JsonShape, value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return value === null ? 'null' : '5';
  const members = Object.entries(value).map(([key, one]) => {
    const part = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (part === undefined) return `${JSON.stringify(key)}:"unknown"`;
    return `${JSON.stringify(key)}:${isShape(part) ? referenceJson(part, one) : leafJson(part.type, one)}`;
  });
  return `{${members.join(',')}}`;
}

const NO_LEAF = '{}';

function leafJson(type: FieldType, value: unknown): string {
  if (value === null) return 'null';
  if (type.kind === 'array') {
    if (!Array.isArray(value)) return NO_LEAF;
    return `[${value.map((one) => leafJson(type.of, one)).join(',')}]`;
  }
  const text = referenceText(type, value);
  if (typeof text !== 'string' || !text.isWellFormed() || text.includes('\u0000')) return NO_LEAF;
  if (type.kind === 'boolean') return text === 't' ? 'true' : 'false';
  return ['int32', 'int64', 'float64', 'decimal'].includes(type.kind) ? text : JSON.stringify(text);
}

function wholeText(value: number): string | undefined {
  return Number.isSafeInteger(value) ? BigInt(value).toString() : undefined;
}

function numeral(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) && !/^-?0[0-9]|\n/.test(value) && value !== '-0'
    ? value
    : undefined;
}

const NUMERAL = /^-?[0-9]+(\.[0-9]+)?$/;

function floatText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (value === '-0') return '0';
  const text = numeral(value, NUMERAL);
  const number = Number(text);
  return text === undefined || !Number.isFinite(number) || (number === 0 && /[1-9]/.test(text))
    ? undefined
    : String(number);
}

/** A number of more digits than 15 may not be what was written; of fewer, its digits are those of `toFixed`. */
function decimalText(value: unknown): string | undefined {
  if (typeof value !== 'number') {
    const text = numeral(value, NUMERAL);
    return text?.includes('.') ? text.replace(/0*$/, '').replace(/\.$/, '') : text;
  }
  if (Number.isInteger(value)) return wholeText(value);
  if (!Number.isFinite(value) || Number(value.toPrecision(15)) !== value) return undefined;
  for (let digits = 1; digits <= 100; digits += 1)
    if (Number(value.toFixed(digits)) === value) return value.toFixed(digits);
  return undefined;
}

function booleanText(value: unknown): string | undefined {
  return typeof value === 'string' && ['t', 'f', 'true', 'false'].includes(value)
    ? value.slice(0, 1)
    : undefined;
}

function clockText(text: string): string {
  const spaced = text.replace(/^(.{10})T/, '$1 ');
  return /\.\d+$/.test(spaced) ? spaced.replace(/0*$/, '').replace(/\.$/, '') : spaced;
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** The offset by `Date`, whose milliseconds are enough for whole minutes. */
function momentText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)$/.exec(value);
  if (match === null || value.endsWith('\n') || !isDay(value.slice(0, 10))) return undefined;
  const [, clock = '', fraction = '', zone = ''] = match;
  if (zone === 'Z' || /^[+-]00(:?00)?$/.test(zone)) return `${clockText(clock + fraction)}+00`;
  const minutes = zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours, more) => `${hours}:${more ?? '00'}`);
  const moment = new Date(`${clock.replace(' ', 'T')}${minutes}`);
  if (Number.isNaN(moment.getTime())) return undefined;
  return `${clockText(`${moment.toISOString().slice(0, 19)}${fraction}`)}+00`;
}
