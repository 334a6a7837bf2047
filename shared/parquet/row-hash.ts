import { createHash } from 'node:crypto';
import { unscaled } from '#shared/pipeline/compare-canonical.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { TextRow } from '#shared/pipeline/contract-zod.ts';
import type { FieldType, ScalarType } from '#shared/pipeline/field.ts';

/**
 * `_row_hash` is the md5 (hex) of one text over the contract's fields in order. It must stay the same across
 * releases: changing anything here makes every row look changed.
 *
 * The only special character is the separator US (0x1f). Fields are joined by `US f`; NULL is `US n`; a US inside a
 * value is `US e`; an array is `US a` followed by `US v` and the element, for each element. So no two different rows
 * have one encoding. Values are their canonical text, decimals with all digits of their scale, floats with 17
 * significant digits and no negative zero, booleans as `t` and `f`.
 */
export const SEPARATOR = '\u001f';
export const ESCAPED_SEPARATOR = `${SEPARATOR}e`;
export const FIELD_SEPARATOR = `${SEPARATOR}f`;
export const NULL_TEXT = `${SEPARATOR}n`;

/** The hash of one row of canonical text; the twin of the SQL in `field-sql.ts`, for rows that arrive one by one. */
export function rowHash(contract: Contract, row: TextRow): string {
  const parts = Object.entries(contract.fields).map(([name, field]) =>
    encoded(field.type, row[name] ?? null),
  );
  return createHash('md5').update(parts.join(FIELD_SEPARATOR)).digest('hex');
}

function encoded(type: FieldType, text: string | null): string {
  if (text === null) return NULL_TEXT;
  if (type.kind !== 'array') return scalarHashText(type, text).replaceAll(SEPARATOR, ESCAPED_SEPARATOR);
  const elements = JSON.parse(text) as (string | null)[];
  return `${SEPARATOR}a${elements.map((e) => `${SEPARATOR}v${encoded(type.of, e)}`).join('')}`;
}

/** What of a scalar enters the hash, separators in it not yet escaped. */
export function scalarHashText(type: ScalarType, text: string): string {
  if (type.kind === 'decimal') return fixedDecimal(text, type.scale);
  if (type.kind === 'float64') return floatText(Number(text));
  return type.kind === 'boolean' ? text.slice(0, 1) : text;
}

function fixedDecimal(text: string, scale: number): string {
  const value = unscaled(text, scale);
  const negative = value < 0n || text.startsWith('-');
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${negative ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

/** C's `%.16e`: 17 significant digits, which name every double exactly, and at least two digits of exponent. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '', exponent = ''] = halfToEven(value).split('e');
  return `${mantissa}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
}

/** With 17 digits; JavaScript rounds a value halfway between two texts up, C to the even one. */
function halfToEven(value: number): string {
  const text = value.toExponential(16);
  const [longer = '', exponent = ''] = value.toExponential(17).split('e');
  if (!longer.endsWith('5') || !isWhole(value, longer)) return text;
  const below = `${longer.slice(0, -1)}e${exponent}`;
  return EVEN.has(below.charAt(longer.length - 2)) ? below : text;
}

const EVEN = new Set('02468');
const MOST_DIGITS = 100;

/** Whether a text's digits are all there are. */
const isWhole = (value: number, digits: string): boolean =>
  /^0*$/.test(value.toExponential(MOST_DIGITS).slice(digits.length).split('e')[0] ?? '');
