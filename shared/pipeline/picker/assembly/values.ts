import { doubt } from './elements';
import { beginReady, isDate, readyTo, writeInstant } from './instants';
import {
  isBeyondAscii,
  isEscaped,
  isPlain,
  numberEnd,
  numberValue,
  shortEnd,
  stringEnd,
  valueEnd,
  wholeEnd,
  wordEnd,
} from './json';
import { isKnown } from './known-texts';
import {
  CELL_BYTES,
  CHECK_BYTES,
  CHECK_CELL,
  CHECK_CONSUMER,
  CHECK_ELEMENT,
  CONSUMER_CELL,
  CONSUMER_ID,
  CONSUMER_LEAF,
  CONSUMER_MAX,
  CONSUMER_MIN,
  CONSUMER_NEXT,
  CONSUMER_REACH,
  ELEMENT_CELLS,
  KIND_ASCII,
  KIND_FALSE,
  KIND_JSON,
  KIND_NULL,
  KIND_NUMBER,
  KIND_READY,
  KIND_TEXT,
  KIND_TRUE,
  LEAF_BOOLEAN,
  LEAF_DATE,
  LEAF_INSTANT,
  LEAF_KNOWN_TEXT,
  LEAF_NUMBER,
  LEAF_PATTERN,
  LEAF_TEXT,
  REACH_ANY,
  REACH_INT32,
  REGION_CHECKS,
} from './layout';
import { matches } from './patterns';
import { endOf, full, startOf } from './regions';

/** How far what the code around has to look at is written. */
export let checksTo: i32 = 0;

/** Starts anew, for an answer. */
export function beginChecks(): void {
  checksTo = startOf(REGION_CHECKS);
  beginReady();
}

export function setCell(element: i32, cell: i32, from: i32, to: i32, kind: i32): void {
  const place = load<i32>(element, ELEMENT_CELLS) + cell * CELL_BYTES;
  store<i32>(place, from);
  store<i32>(place, (to << 4) | kind, 4);
}

/** Reads a value for all that it is for. @returns the index after it, or -1. */
export function readValue(consumers: i32, element: i32, at: i32): i32 {
  const byte = load<u8>(at);
  if (byte === 0x22) return readString(consumers, element, at);
  if (byte === 0x74) return readWord(consumers, element, at, KIND_TRUE);
  if (byte === 0x66) return readWord(consumers, element, at, KIND_FALSE);
  if (byte === 0x6e) return readWord(consumers, element, at, KIND_NULL);
  if (byte === 0x7b || byte === 0x5b) return readOther(consumers, element, at);
  const end = numberEnd(at);
  if (end < 0) return -1;
  for (let consumer = consumers; consumer !== 0; consumer = load<i32>(consumer, CONSUMER_NEXT)) {
    const isNumber = load<i32>(consumer, CONSUMER_LEAF) === LEAF_NUMBER;
    const to = isPlain ? shortEnd : end;
    setCell(element, load<i32>(consumer, CONSUMER_CELL), at, to, isPlain ? KIND_NUMBER : KIND_JSON);
    if (!isPlain || !isNumber) {
      if (!check(consumer, element)) return -1;
    } else if (!fits(consumer)) doubt();
  }
  return end;
}

/** Whether the last number, a plain one, is what the consumer takes. */
function fits(consumer: i32): bool {
  const reach = load<i32>(consumer, CONSUMER_REACH);
  if (reach !== REACH_ANY && shortEnd !== wholeEnd) return false;
  if (reach === REACH_INT32 && (numberValue < -2147483648.0 || numberValue >= 2147483648.0)) return false;
  return numberValue >= load<f64>(consumer, CONSUMER_MIN) && numberValue <= load<f64>(consumer, CONSUMER_MAX);
}

function readString(consumers: i32, element: i32, at: i32): i32 {
  const from = at + 1;
  const to = stringEnd(from);
  if (to < 0) return -1;
  for (let consumer = consumers; consumer !== 0; consumer = load<i32>(consumer, CONSUMER_NEXT)) {
    const cell = load<i32>(consumer, CONSUMER_CELL);
    if (isEscaped) setCell(element, cell, at, to + 1, KIND_JSON);
    else setCell(element, cell, from, to, isBeyondAscii ? KIND_TEXT : KIND_ASCII);
    const judged = isEscaped ? LEFT : judge(consumer, element, from, to);
    if (judged === NO_ROOM || (judged === LEFT && !check(consumer, element))) return -1;
  }
  return to + 1;
}

/** What became of a text. */
const GOOD = 1;
const LEFT = 0;
const NO_ROOM = -1;

/** Says of a text without escapes what can be said here. */
function judge(consumer: i32, element: i32, from: i32, to: i32): i32 {
  const leaf = load<i32>(consumer, CONSUMER_LEAF);
  if (leaf === LEAF_TEXT) return GOOD;
  if (leaf === LEAF_KNOWN_TEXT) return isKnown(consumer, from, to) ? GOOD : LEFT;
  if (isBeyondAscii) return LEFT;
  if (leaf === LEAF_PATTERN) return matches(consumer, from, to) ? GOOD : LEFT;
  if (leaf === LEAF_DATE) return isDate(consumer, from, to) ? GOOD : LEFT;
  if (leaf !== LEAF_INSTANT) return LEFT;
  const ready = writeInstant(consumer, from, to);
  if (ready > 0) setCell(element, load<i32>(consumer, CONSUMER_CELL), ready, readyTo, KIND_READY);
  return ready > 0 ? GOOD : ready;
}

function readWord(consumers: i32, element: i32, at: i32, kind: i32): i32 {
  const end = wordEnd(at);
  if (end < 0) return -1;
  for (let consumer = consumers; consumer !== 0; consumer = load<i32>(consumer, CONSUMER_NEXT)) {
    setCell(element, load<i32>(consumer, CONSUMER_CELL), at, end, kind);
    const isGood = kind === KIND_NULL || load<i32>(consumer, CONSUMER_LEAF) === LEAF_BOOLEAN;
    if (!isGood && !check(consumer, element)) return -1;
  }
  return end;
}

function readOther(consumers: i32, element: i32, at: i32): i32 {
  const end = valueEnd(at);
  if (end < 0) return -1;
  for (let consumer = consumers; consumer !== 0; consumer = load<i32>(consumer, CONSUMER_NEXT)) {
    setCell(element, load<i32>(consumer, CONSUMER_CELL), at, end, KIND_JSON);
    if (!check(consumer, element)) return -1;
  }
  return end;
}

/** Leaves a value to the code around. */
function check(consumer: i32, element: i32): bool {
  if (checksTo + CHECK_BYTES > endOf(REGION_CHECKS)) {
    full(REGION_CHECKS);
    return false;
  }
  const cells = load<i32>(element, ELEMENT_CELLS);
  store<i32>(checksTo, load<i32>(consumer, CONSUMER_ID), CHECK_CONSUMER);
  store<i32>(checksTo, cells + load<i32>(consumer, CONSUMER_CELL) * CELL_BYTES, CHECK_CELL);
  store<i32>(checksTo, element, CHECK_ELEMENT);
  checksTo += CHECK_BYTES;
  return true;
}
