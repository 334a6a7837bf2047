import {
  beginElements,
  doubt,
  drop,
  dropsTo,
  isAnswer,
  levels,
  newElement,
  rootOf,
  setUpLevels,
} from './elements';
import { entryAt } from './entries';
import { colon, isEscaped, isLast, nextMember, space, stringEnd, valueEnd } from './json';
import {
  ACTION_DROP,
  ACTION_OBJECT,
  ACTION_ROWS,
  ACTION_SKIP,
  ELEMENT_DROPS_TO,
  ELEMENT_END,
  ELEMENT_HAS_ROWS,
  ELEMENT_LEVEL,
  ELEMENT_NTH,
  ENTRY_ACTION,
  ENTRY_ARGUMENT,
  ENTRY_CHILD,
  ENTRY_HINT,
  ENTRY_LENGTH,
  ENTRY_STAMP,
  KIND_NULL,
  KIND_OBJECT,
  NODE_HINT,
  NODE_ID,
  REGION_INPUT,
  REGION_ROWS,
  REGION_UNKNOWN,
  ROW_ELEMENT,
  ROW_ENDS,
  UNKNOWN_BYTES,
  UNKNOWN_ELEMENT,
  UNKNOWN_END,
  UNKNOWN_NODE,
  UNKNOWN_START,
} from './layout';
import { clearFull, endOf, full, startOf } from './regions';
import { beginChecks, readValue, setCell } from './values';

/** Of a row in its region. */
export let rowBytes: i32 = 0;

/** How far rows and unknown keys are written. */
export let rowsTo: i32 = 0;
export let unknownTo: i32 = 0;
/** The outermost array, brackets included; 0 when none was found. */
export let arrayFrom: i32 = 0;
export let arrayTo: i32 = 0;

/** @param answer the answer's node, 0 when the answer is the outermost array. @param segments of a row's text. */
export function setUp(count: i32, answer: i32, segments: i32): void {
  setUpLevels(count, answer);
  rowBytes = (ROW_ENDS + 4 * segments + 7) & ~7;
}

/**
 * Reads the answer that stands in the input.
 *
 * @returns its end, with the space behind it, or -1: when no region is full it is to be parsed instead.
 */
export function read(): i32 {
  clearFull();
  beginElements();
  beginChecks();
  rowsTo = startOf(REGION_ROWS);
  unknownTo = startOf(REGION_UNKNOWN);
  arrayFrom = 0;
  const at = space(startOf(REGION_INPUT));
  const answer = rootOf(levels);
  const end = answer === 0 ? outermost(0, at) : readAnswer(answer, at);
  return end < 0 ? -1 : space(end);
}

function readAnswer(node: i32, at: i32): i32 {
  if (load<u8>(at) !== 0x7b) return -1;
  const element = newElement(levels, 0, at);
  return element === 0 ? -1 : readObject(node, element, at);
}

function outermost(answer: i32, at: i32): i32 {
  arrayFrom = at;
  arrayTo = readArray(levels - 1, answer, at);
  return arrayTo;
}

/** Elements of one array. */
function readArray(level: i32, parent: i32, from: i32): i32 {
  if (load<u8>(from) !== 0x5b) return -1;
  let at = space(from + 1);
  if (load<u8>(at) === 0x5d) return at + 1;
  while (true) {
    at = readElement(level, parent, at);
    if (at < 0) return -1;
    at = nextMember(at, 0x5d);
    if (isLast) return at;
  }
}

function readElement(level: i32, parent: i32, at: i32): i32 {
  const isObject = load<u8>(at) === 0x7b;
  if (!isObject && level > 0) return -1;
  const element = newElement(level, parent, at);
  if (element === 0) return -1;
  let end: i32;
  if (isObject) end = readObject(rootOf(level), element, at);
  else {
    doubt();
    end = valueEnd(at);
  }
  if (end < 0) return -1;
  store<i32>(element, end, ELEMENT_END);
  store<i32>(element, dropsTo(level), ELEMENT_DROPS_TO);
  if (level > 0) return load<i32>(element, ELEMENT_HAS_ROWS) !== 0 ? end : -1;
  if (rowsTo + rowBytes > endOf(REGION_ROWS)) return full(REGION_ROWS);
  store<i32>(rowsTo, element, ROW_ELEMENT);
  rowsTo += rowBytes;
  return end;
}

function readObject(node: i32, element: i32, from: i32): i32 {
  let at = space(from + 1);
  if (load<u8>(at) === 0x7d) return at + 1;
  const nth = load<i32>(element, ELEMENT_NTH);
  let hint = node + NODE_HINT;
  while (true) {
    if (load<u8>(at) !== 0x22) return -1;
    const entry = entryAt(node, hint, at + 1);
    if (entry !== 0) {
      at = colon(at + 1 + load<i32>(entry, ENTRY_LENGTH));
      if (at < 0) return -1;
      if (load<i32>(entry, ENTRY_STAMP) === nth) {
        // A key that comes twice: the last one counts, and the first has left something.
        if (isAnswer(element)) return -1;
        doubt();
        at = valueEnd(at);
      } else {
        store<i32>(entry, nth, ENTRY_STAMP);
        at = readMember(entry, element, at);
      }
      hint = entry + ENTRY_HINT;
    } else at = skipUnknown(node, element, at + 1);
    if (at < 0) return -1;
    at = nextMember(at, 0x7d);
    if (isLast) return at;
  }
}

/** @param at behind the key's opening quote. */
function skipUnknown(node: i32, element: i32, at: i32): i32 {
  const end = stringEnd(at);
  if (end < 0) return -1;
  const id = load<i32>(node, NODE_ID);
  if (id >= 0) {
    if (unknownTo + UNKNOWN_BYTES > endOf(REGION_UNKNOWN)) return full(REGION_UNKNOWN);
    store<i32>(unknownTo, id, UNKNOWN_NODE);
    store<i32>(unknownTo, element, UNKNOWN_ELEMENT);
    store<i32>(unknownTo, at, UNKNOWN_START);
    store<i32>(unknownTo, end, UNKNOWN_END);
    unknownTo += UNKNOWN_BYTES;
    // Around the rows a key that is written in another way may be the one that leads to them.
  } else if (isEscaped) return -1;
  const value = colon(end + 1);
  return value < 0 ? -1 : valueEnd(value);
}

function readMember(entry: i32, element: i32, at: i32): i32 {
  const argument = load<i32>(entry, ENTRY_ARGUMENT);
  switch (load<i32>(entry, ENTRY_ACTION)) {
    case ACTION_SKIP:
      return valueEnd(at);
    case ACTION_DROP:
      return drop(load<i32>(element, ELEMENT_LEVEL), argument) ? valueEnd(at) : -1;
    case ACTION_OBJECT:
      return readWalked(load<i32>(entry, ENTRY_CHILD), argument, element, at);
    case ACTION_ROWS:
      return readRows(element, at);
    default:
      return readValue(argument, element, at);
  }
}

function readRows(element: i32, at: i32): i32 {
  const level = load<i32>(element, ELEMENT_LEVEL);
  store<i32>(element, 1, ELEMENT_HAS_ROWS);
  if (level < levels) return readArray(level - 1, element, at);
  return outermost(0, at);
}

function readWalked(node: i32, cell: i32, element: i32, at: i32): i32 {
  const byte = load<u8>(at);
  const isObject = byte === 0x7b;
  if (cell >= 0) setCell(element, cell, at, at, isObject ? KIND_OBJECT : KIND_NULL);
  if (isObject) return readObject(node, element, at);
  if (isAnswer(element)) return -1;
  if (byte !== 0x6e) doubt();
  return valueEnd(at);
}
