/** A column's SQL type and its values as that type reads them. */
export interface SeedColumn {
  readonly type: string;
  readonly values: readonly (string | null)[];
}

/**
 * Type and values of a seed's column as the original infers them (`dbt_common/clients/agate_helper.py`, with agate's types): the first of
 * number, date, timestamp, boolean and text that every value is. `null` in any case and blanks alone are NULL.
 *
 * Kept on purpose: `007`, `$1,000` and `5%` are numbers, decimals become double precision, and offsets of timestamps are turned to UTC.
 * Mended on purpose: whole numbers beyond 32 bits become bigint where the original's insert fails, and NaN is text.
 */
export function inferColumn(written: readonly string[]): SeedColumn {
  for (const { type, read } of KINDS) {
    const values = written.map((value) => (isNull(value) ? null : read(value.trim())));
    if (!values.includes(undefined)) {
      const read = values.map((value) => value ?? null);
      return { type: type(read), values: read };
    }
  }
  return { type: 'text', values: textValues(written) };
}

/** Values of a column whose type is given: nothing but NULL is read into them. */
export const textValues = (written: readonly string[]): (string | null)[] =>
  written.map((value) => (isNull(value) ? null : value));

const isNull = (value: string): boolean => /^\s*(null)?\s*$/i.test(value);

interface Kind {
  readonly type: (values: readonly (string | null)[]) => string;
  /** Undefined when the value is not of this kind. */
  readonly read: (value: string) => string | undefined;
}

const KINDS: readonly Kind[] = [
  { type: typeOfNumbers, read: readNumber },
  { type: () => 'date', read: (value) => readMoment(value, /^(\d{4})-(\d\d?)-(\d\d?)$/) },
  {
    type: () => 'timestamp',
    read: (value) => readMoment(value, /^(\d{4})-(\d\d?)-(\d\d?) +(\d\d?):(\d\d?):(\d\d?)$/),
  },
  { type: () => 'timestamp', read: readIsoMoment },
  { type: () => 'boolean', read: readBoolean },
];

const CURRENCY = '؋$ƒ៛¥₡₱£€¢﷼₪₩₭₮₦฿₤₫';
const AROUND_CURRENCY = new RegExp(`^[${CURRENCY}]+|[${CURRENCY}]+$`, 'g');

/** agate's `Number`: percent signs, currency and groups of digits are dropped. In plain digits, without zeros that mean nothing. */
function readNumber(value: string): string | undefined {
  const bare = value.replaceAll(/^%+|%+$/g, '');
  const negative = bare.startsWith('-');
  const digits = (negative ? bare.slice(1) : bare).replaceAll(AROUND_CURRENCY, '').replaceAll(',', '');
  const found = /^([+-]?)(?=\.?\d)(\d[\d_]*)?(?:\.(\d[\d_]*)?)?(?:[eE]([+-]?\d{1,3}))?$/.exec(digits.trim());
  if (!found) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const text = shifted(whole.replaceAll('_', ''), fraction.replaceAll('_', ''), Number(exponent));
  return text !== '0' && negative !== (sign === '-') ? `-${text}` : text;
}

function shifted(whole: string, fraction: string, exponent: number): string {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const padded = point > digits.length ? digits.padEnd(point, '0') : digits;
  const before = point > 0 ? padded.slice(0, point) : '';
  const after = point > 0 ? padded.slice(point) : '0'.repeat(-point) + padded;
  const [integer, rest] = [before.replace(/^0+/, '') || '0', after.replace(/0+$/, '')];
  return rest === '' ? integer : `${integer}.${rest}`;
}

const GREATEST_INTEGER = 2_147_483_647n;

function typeOfNumbers(values: readonly (string | null)[]): string {
  const numbers = values.filter((value) => value !== null);
  if (numbers.some((value) => value.includes('.'))) return 'double precision';
  const fits = (value: string): boolean =>
    BigInt(value) <= GREATEST_INTEGER && BigInt(value) >= -GREATEST_INTEGER - 1n;
  return numbers.every(fits) ? 'integer' : 'bigint';
}

/** `strptime`: parts may have one digit, the moment must exist. */
function readMoment(value: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(value);
  if (!found) return undefined;
  const [, year = '', month = '', day = '', ...time] = found.map((part) => part.padStart(2, '0'));
  const date = `${year}-${month}-${day}`;
  const text = time.length === 0 ? date : `${date} ${time.join(':')}`;
  return exists(date, time) ? text : undefined;
}

function exists(date: string, [hour = '0', minute = '0', second = '0']: readonly string[]): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
  return isDay && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

const ISO =
  /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d)(?::?(\d\d))?(?::?(\d\d))?(?:[.,](\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** `isodate.parse_datetime`: with `T`; an offset moves it to UTC. */
function readIsoMoment(value: string): string | undefined {
  const found = ISO.exec(value);
  if (!found) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '00', second = '00', fraction, offset] =
    found;
  const date = `${year}-${month}-${day}`;
  if (!exists(date, [hour, minute, second])) return undefined;
  const utc = new Date(Date.parse(`${date}T${hour}:${minute}:${second}Z`) - minutesOf(offset) * 60_000);
  const text = utc.toISOString().slice(0, 19).replace('T', ' ');
  return fraction === undefined ? text : `${text}.${fraction.slice(0, 6)}`;
}

function minutesOf(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0);
  return offset.startsWith('-') ? -minutes : minutes;
}

function readBoolean(value: string): string | undefined {
  const text = value.replaceAll(',', '').trim().toLowerCase();
  return text === 'true' || text === 'false' ? text : undefined;
}
