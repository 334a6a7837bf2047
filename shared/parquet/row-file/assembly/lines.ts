import { endOf, startOf } from '../../../wasm/assembly/regions';
import { CELL_BARE, CELL_BYTES, CELL_DOUBLED, CELL_NULL, CELL_QUOTED, REGION_CELLS } from './layout';

const COMMA: u8 = 0x2c;
const LINE_END: u8 = 0x0a;

/** Cells of a line. */
let width: i32 = 0;
/** Where the last whole line that was split ends. */
export let linesTo: i32 = 0;
/** Of the lines that were split. */
export let longestLine: i32 = 0;

/** Where the text in the input ends. */
let textTo: i32 = 0;
let quote: u8 = 0;

/**
 * Finds the cells of whole lines, as many as there is room for.
 *
 * @param cells of a line. @param to where the text in the input ends. @param lineQuote what stands around texts.
 * @returns how many, or -1 when a line is not made of so many cells.
 */
export function split(from: i32, to: i32, cells: i32, most: i32, lineQuote: i32): i32 {
  width = cells;
  textTo = to;
  quote = <u8>lineQuote;
  linesTo = from;
  longestLine = 0;
  const cellsEnd = endOf(REGION_CELLS);
  let cell = startOf(REGION_CELLS);
  let rows = 0;
  while (linesTo < to && rows < most && cell + cells * CELL_BYTES <= cellsEnd) {
    const end = splitLine(linesTo, cell);
    if (end === 0) break;
    if (end < 0) return -1;
    longestLine = max(longestLine, end - linesTo);
    linesTo = end;
    cell += cells * CELL_BYTES;
    rows += 1;
  }
  return rows;
}

/** @returns where the next line begins, 0 when the text ends before, -1 when it is no line. */
function splitLine(from: i32, cells: i32): i32 {
  let at = from;
  for (let nth = 0; nth < width; nth += 1) {
    const cell = cells + nth * CELL_BYTES;
    const end = load<u8>(at) === quote ? quotedCell(cell, at + 1) : bareCell(cell, at);
    if (end >= textTo) return 0;
    if (load<u8>(end) !== (nth === width - 1 ? LINE_END : COMMA)) return -1;
    at = end + 1;
  }
  return at;
}

/** @returns where it ends, which may be behind the text. */
function bareCell(cell: i32, from: i32): i32 {
  let at = from;
  while (at < textTo && load<u8>(at) !== COMMA && load<u8>(at) !== LINE_END) at += 1;
  setCell(cell, from, at, at === from ? CELL_NULL : CELL_BARE);
  return at;
}

/** @param from behind the quote. @returns the index behind the closing one, which may be behind the text. */
function quotedCell(cell: i32, from: i32): i32 {
  let kind = CELL_QUOTED;
  let at = from;
  while (true) {
    at = nextQuote(at);
    if (at >= textTo - 1 || load<u8>(at, 1) !== quote) break;
    kind = CELL_DOUBLED;
    at += 2;
  }
  setCell(cell, from, min(at, textTo), kind);
  return at + 1;
}

function nextQuote(from: i32): i32 {
  const quotes = i8x16.splat(quote);
  for (let at = from; at < textTo; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), quotes));
    if (found !== 0) return at + ctz(found);
  }
  return textTo;
}

function setCell(cell: i32, from: i32, to: i32, kind: i32): void {
  store<i32>(cell, from);
  store<i32>(cell, ((to - from) << 2) | kind, 4);
}

/** The nth cell of a row. */
export function cellOf(row: i32, nth: i32): i32 {
  return startOf(REGION_CELLS) + (row * width + nth) * CELL_BYTES;
}

/** Copies a cell's text, quotes within it once. @returns where the copy ends. */
export function copyCell(cell: i32, to: i32): i32 {
  const from = load<i32>(cell);
  const length = load<i32>(cell, 4) >> 2;
  if ((load<i32>(cell, 4) & 3) !== CELL_DOUBLED) {
    copyBytes(from, to, length);
    return to + length;
  }
  let out = to;
  for (let at = from; at < from + length; at += 1) {
    const byte = load<u8>(at);
    store<u8>(out, byte);
    out += 1;
    if (byte === quote) at += 1;
  }
  return out;
}

/** Up to here a loop is quicker than the engine's own copy. */
const SHORT = 64;

/** Copies sixteen bytes at once, so that what is behind the copy is written to as well. */
export function copyBytes(from: i32, to: i32, length: i32): void {
  if (length > SHORT) memory.copy(to, from, length);
  else for (let i = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}
