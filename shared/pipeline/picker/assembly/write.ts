import { isGood } from '../../../wasm/assembly/doubts';
import { elementsTo, levels } from './elements';
import { microsOf } from './instants';
import {
  BEHIND,
  CELL_BYTES,
  COLUMN_BYTES,
  COLUMN_CELL,
  COLUMN_LEVEL,
  COLUMN_MEMBERS,
  COLUMN_MEMBERS_END,
  COLUMN_NULLABLE,
  COLUMN_STYLE,
  ELEMENT_BYTES,
  ELEMENT_CELLS,
  ELEMENT_DOUBT,
  ELEMENT_LEVEL,
  ELEMENT_OUTER,
  ELEMENT_PARENT,
  KIND_ABSENT,
  KIND_ASCII,
  KIND_FALSE,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OBJECT,
  KIND_TEXT,
  KIND_TRUE,
  MEMBER_BYTES,
  MEMBER_CELL,
  MEMBER_END,
  MEMBER_NAME,
  MEMBER_NAME_LENGTH,
  MEMBER_NULLABLE,
  REGION_ELEMENTS,
  REGION_OUTPUT,
  REGION_ROWS,
  ROW_ELEMENT,
  ROW_ENDS,
  ROW_ENTITY,
  ROW_ENTITY_END,
  ROW_EVENT,
  ROW_TEXT,
  STYLE_BOOLEAN,
  STYLE_QUOTED,
  STYLE_SEGMENT,
  STYLE_SHAPE,
} from './layout';
import { rowBytes, rowsTo } from './read';
import { clearFull, endOf, full, startOf } from './regions';

const COMMA: u8 = 0x2c;
const OPEN: u8 = 0x7b;
const CLOSE: u8 = 0x7d;
const QUOTE: u8 = 0x22;

/** Whole numbers up to here are doubles exactly. */
const MOST_MICROS: i64 = 1 << 53;

/** Steps of writing a row. */
let columns: i32 = 0;
let columnsEnd: i32 = 0;
/** What stands around texts in a line. */
let lineQuote: u8 = 0;

/** The row's cells with its entity and its event's time, -1 for none. */
let entityCell: i32 = -1;
let eventCell: i32 = -1;

/** How far the output is written: lines, and texts of entities behind them. */
export let outputTo: i32 = 0;
/** Elements of the outermost array that are to be parsed. */
export let doubts: i32 = 0;
let outputEnd: i32 = 0;

export function setColumns(from: i32, to: i32, quote: i32): void {
  columns = from;
  columnsEnd = to;
  lineQuote = <u8>quote;
}

export function setRow(entity: i32, event: i32): void {
  entityCell = entity;
  eventCell = event;
}

/** Writes the rows of all elements that are not in doubt. @returns -1 when the output is full. */
export function write(): i32 {
  clearFull();
  outputTo = startOf(REGION_OUTPUT);
  outputEnd = endOf(REGION_OUTPUT) - BEHIND;
  for (let row = startOf(REGION_ROWS); row < rowsTo; row += rowBytes) {
    const element = load<i32>(row, ROW_ELEMENT);
    const outer = load<i32>(element, ELEMENT_OUTER);
    if (load<i32>(outer, ELEMENT_DOUBT) !== 0) continue;
    store<i32>(row, outputTo, ROW_TEXT);
    const isWhole = writeRow(row, element) && hasEntity(element) && tellEvent(row, element);
    if (!isWhole) store<i32>(outer, 1, ELEMENT_DOUBT);
    if (outputTo > outputEnd) return full(REGION_OUTPUT);
  }
  writeEntities();
  countDoubts();
  return outputTo > outputEnd ? full(REGION_OUTPUT) : outputTo;
}

function countDoubts(): void {
  doubts = 0;
  for (let element = startOf(REGION_ELEMENTS); element < elementsTo; element += ELEMENT_BYTES) {
    const isOuter = load<i32>(element, ELEMENT_LEVEL) === levels - 1;
    if (isOuter && load<i32>(element, ELEMENT_DOUBT) !== 0) doubts += 1;
  }
}

/** Whether the row names its entity, if at all, by a text that stands as it is, or by a whole number. */
function hasEntity(element: i32): bool {
  if (entityCell < 0) return true;
  const cell = load<i32>(element, ELEMENT_CELLS) + entityCell * CELL_BYTES;
  const from = load<i32>(cell);
  const to = <i32>(load<u32>(cell, 4) >> 4);
  const kind = load<i32>(cell, 4) & 15;
  if (kind === KIND_ASCII || kind === KIND_TEXT) return from < to;
  if (kind !== KIND_NUMBER) return isNone(kind);
  for (let at = from; at < to; at += 1) if (load<u8>(at) === 0x2e) return false;
  return true;
}

const isNone = (kind: i32): bool => kind === KIND_ABSENT || kind === KIND_NULL;

function writeEntities(): void {
  for (let row = startOf(REGION_ROWS); row < rowsTo; row += rowBytes) {
    store<i32>(row, outputTo, ROW_ENTITY);
    if (entityCell >= 0) {
      const cell = load<i32>(load<i32>(row, ROW_ELEMENT), ELEMENT_CELLS) + entityCell * CELL_BYTES;
      const state = load<u32>(cell, 4);
      if (!isNone(state & 15)) put(load<i32>(cell), state >> 4);
    }
    store<i32>(row, outputTo, ROW_ENTITY_END);
  }
}

/** @returns false when it is none that a double holds to the microsecond. */
function tellEvent(row: i32, element: i32): bool {
  store<f64>(row, NaN, ROW_EVENT);
  if (eventCell < 0) return true;
  const cell = load<i32>(element, ELEMENT_CELLS) + eventCell * CELL_BYTES;
  const state = load<u32>(cell, 4);
  if (isNone(state & 15)) return true;
  const micros = microsOf(load<i32>(cell), state >> 4);
  store<f64>(row, <f64>micros, ROW_EVENT);
  return isGood && micros > -MOST_MICROS && micros < MOST_MICROS;
}

/** @returns false when a value is wanted and there is none. */
function writeRow(row: i32, element: i32): bool {
  let end = row + ROW_ENDS;
  for (let column = columns; column < columnsEnd; column += COLUMN_BYTES) {
    const style = load<i32>(column, COLUMN_STYLE);
    if (style === STYLE_SEGMENT) {
      store<i32>(end, outputTo);
      end += 4;
      continue;
    }
    if (!writeColumn(column, style, cellsOf(column, element))) return false;
    putByte(COMMA);
  }
  return true;
}

function cellsOf(column: i32, element: i32): i32 {
  let at = element;
  for (let up = load<i32>(column, COLUMN_LEVEL); up > 0; up -= 1) at = load<i32>(at, ELEMENT_PARENT);
  return load<i32>(at, ELEMENT_CELLS);
}

function writeColumn(column: i32, style: i32, cells: i32): bool {
  const index = load<i32>(column, COLUMN_CELL);
  // The row itself has no cell: it is there.
  const cell = cells + index * CELL_BYTES;
  const kind = index < 0 ? KIND_OBJECT : load<i32>(cell, 4) & 15;
  if (kind === KIND_ABSENT || kind === KIND_NULL) return load<i32>(column, COLUMN_NULLABLE) !== 0;
  if (style === STYLE_SHAPE) {
    putByte(lineQuote);
    if (!writeShape(column, cells)) return false;
    putByte(lineQuote);
    return true;
  }
  if (style === STYLE_BOOLEAN && (kind === KIND_TRUE || kind === KIND_FALSE)) {
    putByte(kind === KIND_TRUE ? 0x74 : 0x66);
    return true;
  }
  if (style === STYLE_QUOTED) putByte(lineQuote);
  put(load<i32>(cell), load<u32>(cell, 4) >> 4);
  if (style === STYLE_QUOTED) putByte(lineQuote);
  return true;
}

function writeShape(column: i32, cells: i32): bool {
  const start = outputTo;
  const members = load<i32>(column, COLUMN_MEMBERS);
  if (!writeMembers(members, load<i32>(column, COLUMN_MEMBERS_END), cells)) return false;
  if (outputTo !== start) return true;
  putByte(OPEN);
  putByte(CLOSE);
  return true;
}

/** The first member's comma becomes the object's brace; without members nothing is written. */
function writeMembers(from: i32, to: i32, cells: i32): bool {
  const start = outputTo;
  let member = from;
  while (member < to) {
    const end = load<i32>(member, MEMBER_END);
    if (end === 0) {
      if (!writeLeaf(member, cells)) return false;
      member += MEMBER_BYTES;
    } else {
      if (!writeObject(member, end, cells)) return false;
      member = end;
    }
    // Nothing is put beyond the end; the row is written again with more room.
    if (outputTo > outputEnd) return true;
  }
  if (outputTo === start) return true;
  store<u8>(start, OPEN);
  putByte(CLOSE);
  return true;
}

function writeObject(member: i32, end: i32, cells: i32): bool {
  const start = outputTo;
  putName(member);
  const before = outputTo;
  if (!writeMembers(member + MEMBER_BYTES, end, cells)) return false;
  // Nothing in it: the name goes too.
  if (outputTo === before) outputTo = start;
  return true;
}

function writeLeaf(member: i32, cells: i32): bool {
  const cell = cells + load<i32>(member, MEMBER_CELL) * CELL_BYTES;
  const from = load<i32>(cell);
  const state = load<u32>(cell, 4);
  const kind = state & 15;
  if (kind === KIND_ABSENT || kind === KIND_NULL) {
    if (load<i32>(member, MEMBER_NULLABLE) === 0) return false;
    if (kind === KIND_ABSENT) return true;
  }
  putName(member);
  if (kind === KIND_ASCII || kind === KIND_TEXT) {
    putByte(QUOTE);
    put(from, state >> 4);
    putByte(QUOTE);
  } else put(from, state >> 4);
  return true;
}

function putName(member: i32): void {
  const name = load<i32>(member, MEMBER_NAME);
  put(name, name + load<i32>(member, MEMBER_NAME_LENGTH));
}

function putByte(byte: u8): void {
  if (outputTo <= outputEnd) store<u8>(outputTo, byte);
  outputTo += 1;
}

/** Sixteen bytes at once: what is copied too much is written over. */
function put(from: i32, to: i32): void {
  const length = to - from;
  if (outputTo + length <= outputEnd) {
    for (let i = 0; i < length; i += 16) v128.store(outputTo + i, v128.load(from + i));
  }
  outputTo += length;
}
