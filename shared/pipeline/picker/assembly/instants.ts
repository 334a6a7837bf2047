import { clearDoubt, isGood } from '../../../wasm/assembly/doubts';
import { daysOf, instantOf, timeOf } from '../../../wasm/assembly/times';
import { CONSUMER_MAX, CONSUMER_MIN, CONSUMER_QUOTED, REGION_READY } from './layout';
import { endOf, full, startOf } from './regions';

/*
 * Dates, and instants that end with Z: what is written otherwise is for the code around. The rules are those of
 * `projection/instant-text.ts`.
 */

const SPACE: u8 = 0x20;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const QUOTE: u8 = 0x22;
/** `2026-11-01T08:00:00Z`, and with a fraction of a second. */
const SHORTEST = 20;
const SHORTEST_FRACTION = 22;
/** What may be put around it. */
const AROUND = 16;

/** How far made texts are written. */
export let readyTo: i32 = 0;

/** Starts anew, for an answer. */
export function beginReady(): void {
  readyTo = startOf(REGION_READY);
}

/** Whether it is a date that its consumer takes. */
export function isDate(consumer: i32, from: i32, to: i32): bool {
  clearDoubt();
  if (to - from !== 10) return false;
  const days = <f64>daysOf(from, 10);
  return isGood && days >= load<f64>(consumer, CONSUMER_MIN) && days <= load<f64>(consumer, CONSUMER_MAX);
}

/** Writes an instant as canonical text. @returns where that begins, 0 when this is not one that is known here, -1 when there is no room. */
export function writeInstant(consumer: i32, from: i32, to: i32): i32 {
  const length = to - from;
  if (length < SHORTEST || load<u8>(to - 1) !== 0x5a) return 0;
  if (length > SHORTEST && (length < SHORTEST_FRACTION || load<u8>(from + 19) !== POINT)) return 0;
  const separator = load<u8>(from + 10);
  if (separator !== 0x54 && separator !== SPACE) return 0;
  if (readyTo + length + AROUND > endOf(REGION_READY)) return full(REGION_READY);
  const start = readyTo;
  const quoted = load<i32>(consumer, CONSUMER_QUOTED) !== 0;
  const at = quoted ? start + 1 : start;
  memory.copy(at, from, length - 1);
  store<u8>(at + 10, SPACE);
  let end = at + length - 1;
  if (length > SHORTEST) {
    while (load<u8>(end - 1) === ZERO) end -= 1;
    if (load<u8>(end - 1) === POINT) end -= 1;
  }
  clearDoubt();
  timeOf(at, end - at);
  if (!isGood) return 0;
  // +00
  store<u8>(end, 0x2b);
  store<u16>(end, 0x3030, 1);
  end += 3;
  if (quoted) {
    store<u8>(start, QUOTE);
    store<u8>(end, QUOTE);
    end += 1;
  }
  readyTo = end;
  return start;
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

/** Of the canonical text of a date, a timestamp or an instant, in quotes or not. What is none clears `isGood`. */
export function microsOf(start: i32, end: i32): i64 {
  clearDoubt();
  const quote = load<u8>(start) === QUOTE ? 1 : 0;
  const from = start + quote;
  const length = end - quote - from;
  if (length === 10) return <i64>daysOf(from, length) * MICROS_PER_DAY;
  return load<u8>(from + length - 3) === 0x2b ? instantOf(from, length) : timeOf(from, length);
}
