const ZERO = 48;
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DATE_LENGTH = 10;
const SECONDS_LENGTH = 19;
const MINUTES_A_DAY = 24 * 60;

/** True for `YYYY-MM-DD` of a day there is, years 1 to 9999. */
export const isDateText = (text: string): boolean => text.length === DATE_LENGTH && startsWithDate(text);

/** `2026-11-01T08:00:00.50`, with `T` or a space, as canonical text of a timestamp without zone. */
export function timestampText(text: string): string | undefined {
  const end = wallClockEnd(text);
  return end > 0 && end === text.length ? wallClock(text, end) : undefined;
}

/**
 * `2026-11-01T08:00:00.5Z` or with an offset (`+02:00`, `+0200`, `+02`) as canonical text of an instant, in UTC and with
 * its microseconds. Undefined without an offset, beyond microseconds, or outside of years 1 to 9999 in UTC.
 */
export function instantText(text: string): string | undefined {
  const end = wallClockEnd(text);
  if (end < SECONDS_LENGTH) return undefined;
  const offset = offsetMinutes(text, end);
  if (offset === undefined) return undefined;
  const local = wallClock(text, end);
  if (local === undefined || offset === 0) return local === undefined ? undefined : `${local}+00`;
  const utc = shifted(local, -offset);
  return utc === undefined ? undefined : `${utc}+00`;
}

/** Two digits as a number, NaN when they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

function startsWithDate(text: string): boolean {
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  if (text[4] !== '-' || text[7] !== '-' || !(year >= 1 && day >= 1)) return false;
  const days = month === 2 && isLeap(year) ? 29 : (DAYS_IN[month - 1] ?? 0);
  return day <= days;
}

/** Where the seconds or their fraction end; 0 when there is no date and time of day. */
function wallClockEnd(text: string): number {
  if (text.length < SECONDS_LENGTH || !startsWithDate(text) || (text[10] !== 'T' && text[10] !== ' '))
    return 0;
  const inTime = two(text, 11) < 24 && two(text, 14) < 60 && two(text, 17) < 60;
  if (!inTime || text[13] !== ':' || text[16] !== ':') return 0;
  if (text[SECONDS_LENGTH] !== '.') return SECONDS_LENGTH;
  let end = SECONDS_LENGTH + 1;
  while (isDigit(text, end)) end += 1;
  return end === SECONDS_LENGTH + 1 ? 0 : end;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= ZERO && code < ZERO + 10;
}

const MAX_FRACTION_END = SECONDS_LENGTH + 1 + 6;

function wallClock(text: string, end: number): string | undefined {
  let last = end;
  if (last > SECONDS_LENGTH) {
    while (text[last - 1] === '0') last -= 1;
    if (text[last - 1] === '.') last -= 1;
  }
  if (last > MAX_FRACTION_END) return undefined;
  return `${text.slice(0, DATE_LENGTH)} ${text.slice(DATE_LENGTH + 1, last)}`;
}

function offsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === 'Z') return text.length === at + 1 ? 0 : undefined;
  if (sign !== '+' && sign !== '-') return undefined;
  const colon = text[at + 3] === ':' ? 1 : 0;
  const hours = two(text, at + 1);
  const hasMinutes = text.length > at + 3;
  const minutes = hasMinutes ? two(text, at + 3 + colon) : 0;
  if (text.length !== (hasMinutes ? at + 5 + colon : at + 3) || !(hours < 24 && minutes < 60))
    return undefined;
  return (hours * 60 + minutes) * (sign === '-' ? -1 : 1);
}

function shifted(local: string, minutes: number): string | undefined {
  const year = Number(local.slice(0, 4));
  const days = daysBeforeYear(year) + dayOfYear(year, two(local, 5), two(local, 8));
  const total = days * MINUTES_A_DAY + two(local, 11) * 60 + two(local, 14) + minutes;
  const date = civilDate(Math.floor(total / MINUTES_A_DAY));
  if (date === undefined) return undefined;
  const ofDay = ((total % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY;
  const padded = (value: number): string => String(value).padStart(2, '0');
  return `${date} ${padded(Math.floor(ofDay / 60))}:${padded(ofDay % 60)}${local.slice(16)}`;
}

/** Days from 0001-01-01 to the year's first. */
function daysBeforeYear(year: number): number {
  const before = year - 1;
  return before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
}

/** From 0. */
function dayOfYear(year: number, month: number, day: number): number {
  return (DAYS_BEFORE[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0) + day - 1;
}

function civilDate(days: number): string | undefined {
  let year = Math.floor(days / 365.2425) + 1;
  while (daysBeforeYear(year) > days) year -= 1;
  while (daysBeforeYear(year + 1) <= days) year += 1;
  if (year < 1 || year > 9999) return undefined;
  const ofYear = days - daysBeforeYear(year);
  let month = 12;
  while (dayOfYear(year, month, 1) > ofYear) month -= 1;
  const day = ofYear - dayOfYear(year, month, 1) + 1;
  const [m, d] = [month, day].map((value) => String(value).padStart(2, '0'));
  return `${String(year).padStart(4, '0')}-${m}-${d}`;
}
