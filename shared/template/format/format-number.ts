import { valueFault } from '../failures/template-fault.ts';
import { toFloat } from '../values/arithmetic.ts';
import { floatText } from '../values/float-text.ts';
import type { FormatSpec } from './format-spec.ts';
import { exponentText, fixedText, generalText } from './round-decimal.ts';

const radixes = new Map([
  ['b', 2],
  ['o', 8],
  ['x', 16],
  ['X', 16],
]);

/** Formats an int or float by a specification. @throws a `value` fault when the type does not fit. */
export function formatNumber(value: bigint | number, spec: FormatSpec): string {
  checkGrouping(spec);
  const body =
    typeof value === 'bigint' && isIntegerType(spec.type)
      ? integerBody(value, spec)
      : floatBody(toFloat(value), spec);
  return padNumber(body, spec);
}

/** A number without its sign, in the parts that padding with zeros and grouping need apart. */
interface NumberBody {
  readonly sign: string;
  readonly prefix: string;
  readonly whole: string;
  readonly rest: string;
  readonly groupSize: number;
}

/** Commas group decimal digits alone, underscores digits of any base. */
function checkGrouping({ grouping, type }: FormatSpec): void {
  const ungrouped = grouping === ',' ? 'bcoxXn' : grouping === '_' ? 'cn' : '';
  if (type !== '' && ungrouped.includes(type))
    throw valueFault(`Cannot specify '${grouping}' with '${type}'.`);
}

function isIntegerType(type: string): boolean {
  return type === '' || 'bcdoxXn'.includes(type);
}

function signOf(isNegative: boolean, spec: FormatSpec): string {
  if (isNegative) return '-';
  return spec.sign === '-' ? '' : spec.sign;
}

function integerBody(value: bigint, spec: FormatSpec): NumberBody {
  if (spec.noNegativeZero)
    throw valueFault('Negative zero coercion (z) not allowed in integer format specifier');
  if (spec.precision !== undefined) throw valueFault('Precision not allowed in integer format specifier');
  const positive = value < 0n ? -value : value;
  const sign = signOf(value < 0n, spec);
  if (spec.type === 'c' && spec.hasSign)
    throw valueFault("Sign not allowed with integer format specifier 'c'");
  if (spec.type === 'c') return { sign: '', prefix: '', whole: character(value), rest: '', groupSize: 3 };
  const radix = radixes.get(spec.type);
  if (radix === undefined) return { sign, prefix: '', whole: positive.toString(), rest: '', groupSize: 3 };
  const digits = positive.toString(radix);
  const whole = spec.type === 'X' ? digits.toUpperCase() : digits;
  return { sign, prefix: spec.alternate ? `0${spec.type}` : '', whole, rest: '', groupSize: 4 };
}

function character(code: bigint): string {
  if (code < 0n || code > 0x10ffffn) throw valueFault('%c arg not in range(0x110000)');
  return String.fromCodePoint(Number(code));
}

function floatBody(value: number, spec: FormatSpec): NumberBody {
  const text = unsignedFloat(Math.abs(value), spec);
  const isZero = spec.noNegativeZero && !/[1-9]/.test(text);
  const sign = signOf((value < 0 || Object.is(value, -0)) && !isZero, spec);
  const at = text.search(/[.e%E]/);
  const whole = at === -1 ? text : text.slice(0, at);
  return { sign, prefix: '', whole, rest: at === -1 ? '' : text.slice(at), groupSize: 3 };
}

function unsignedFloat(value: number, spec: FormatSpec): string {
  const { type, precision = 6 } = spec;
  const isPercent = type === '%';
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'nan' : 'inf';
    return (
      (type === 'F' || type === 'E' || type === 'G' ? name.toUpperCase() : name) + (isPercent ? '%' : '')
    );
  }
  switch (type) {
    case 'f':
    case 'F':
      return withPoint(fixedText(value, precision), spec);
    case '%':
      return `${withPoint(fixedText(value * 100, precision), spec)}%`;
    case 'e':
    case 'E':
      return cased(withPoint(exponentText(value, precision), spec), type);
    case 'g':
    case 'G':
    case 'n':
      return cased(withPoint(generalText(value, precision, spec.alternate), spec), type);
    case '':
      if (spec.precision !== undefined) return shortest(value, spec.precision, spec);
      return withPoint(floatText(value), spec);
    default:
      throw valueFault(`Unknown format code '${type}' for a number`);
  }
}

function cased(text: string, type: string): string {
  return type === 'E' || type === 'G' ? text.toUpperCase() : text;
}

function withPoint(text: string, spec: FormatSpec): string {
  if (!spec.alternate || text.includes('.')) return text;
  const [digits = '', exponent] = text.split('e');
  return exponent === undefined ? `${digits}.` : `${digits}.e${exponent}`;
}

/** Without a type, a precision means the general form with at least one decimal. */
function shortest(value: number, precision: number, spec: FormatSpec): string {
  const digits = Math.max(1, precision);
  if (spec.alternate) return withPoint(generalText(value, digits, true), spec);
  const scientific = exponentText(value, digits - 1);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent < -4 || exponent >= digits)
    return generalText(value, precision, false).includes('e')
      ? generalText(value, precision, false)
      : scientific;
  const general = generalText(value, digits, false);
  if (general.includes('.')) return general;
  return general.length >= digits ? exponentForm(value, digits) : `${general}.0`;
}

function exponentForm(value: number, digits: number): string {
  const text = exponentText(value, digits - 1);
  const [mantissa = '', exponent = ''] = text.split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${short}e${exponent}`;
}

function padNumber(body: NumberBody, spec: FormatSpec): string {
  const head = body.sign + body.prefix;
  const align = spec.align ?? (spec.zeroPadded ? '=' : '>');
  if (align === '=' && spec.fill === '0') {
    const room = spec.width - head.length - body.rest.length;
    return head + group(body.whole, spec.grouping, body.groupSize, room) + body.rest;
  }
  const tail = group(body.whole, spec.grouping, body.groupSize, 0) + body.rest;
  const missing = Math.max(0, spec.width - head.length - tail.length);
  if (align === '=') return head + spec.fill.repeat(missing) + tail;
  return alignText(head + tail, missing, align, spec.fill);
}

/** Puts `missing` fill characters where the alignment wants them. */
export function alignText(text: string, missing: number, align: '<' | '>' | '^', fill: string): string {
  if (missing <= 0) return text;
  if (align === '<') return text + fill.repeat(missing);
  const left = align === '>' ? missing : Math.floor(missing / 2);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** Groups digits, after filling them up with zeros to `room` characters, separators included. */
function group(digits: string, separator: string | undefined, size: number, room: number): string {
  if (separator === undefined) return digits.padStart(room, '0');
  let count = digits.length;
  while (count + Math.floor((count - 1) / size) < room) count += 1;
  const filled = digits.padStart(count, '0');
  const parts: string[] = [];
  for (let end = filled.length; end > 0; end -= size)
    parts.unshift(filled.slice(Math.max(0, end - size), end));
  return parts.join(separator);
}
