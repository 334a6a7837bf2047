import { notGood } from './doubts';

/*
 * Dates and instants as canonical text has them (`shared/pipeline/contract-zod.ts`). What is none clears `isGood`.
 */

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/** Days since 1970 of `2026-11-01`. */
export function daysOf(from: i32, length: i32): i32 {
  if (length !== 10) notGood();
  return daysAt(from);
}

function daysAt(from: i32): i32 {
  const year = digitsAt(from, 4, 9999);
  const month = digitsAt(from + 5, 2, 12);
  const day = digitsAt(from + 8, 2, 31);
  expect(from + 4, 0x2d);
  expect(from + 7, 0x2d);
  if (year < 1 || month < 1 || day < 1 || day > daysIn(month, year)) notGood();
  // Years begin in March, so that leap days come last, and eras have 400 of them (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  const fromMarch = month > 2 ? year : year - 1;
  const era = fromMarch / 400;
  const yearOfEra = fromMarch - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysIn(month: i32, year: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Microseconds since 1970 of `2026-11-01 12:00:00.25`, as UTC. */
export function timeOf(from: i32, length: i32): i64 {
  if (length < 19) notGood();
  expect(from + 10, 0x20);
  expect(from + 13, 0x3a);
  expect(from + 16, 0x3a);
  const ofDay =
    digitsAt(from + 11, 2, 23) * 3600 + digitsAt(from + 14, 2, 59) * 60 + digitsAt(from + 17, 2, 59);
  const seconds = <i64>daysAt(from) * SECONDS_PER_DAY + <i64>ofDay;
  return seconds * MICROS_PER_SECOND + <i64>fractionOf(from + 19, from + length);
}

/** Of `2026-11-01 12:00:00.25+00`. */
export function instantOf(from: i32, length: i32): i64 {
  expect(from + length - 3, 0x2b);
  expect(from + length - 2, 0x30);
  expect(from + length - 1, 0x30);
  return timeOf(from, length - 3);
}

/** Microseconds of `.25`, of nothing 0. */
function fractionOf(from: i32, to: i32): i32 {
  if (from >= to) return 0;
  expect(from, 0x2e);
  if (to - from < 2 || to - from > 7) notGood();
  let micros = 0;
  let unit = 100_000;
  for (let at = from + 1; at < to; at += 1) {
    micros += digitsAt(at, 1, 9) * unit;
    unit /= 10;
  }
  return micros;
}

function expect(at: i32, byte: u8): void {
  if (load<u8>(at) !== byte) notGood();
}

function digitsAt(from: i32, count: i32, most: i32): i32 {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = <i32>load<u8>(at) - 0x30;
    if (<u32>digit > 9) notGood();
    value = value * 10 + digit;
  }
  if (value > most) notGood();
  return value;
}
