import { clearDoubt, isGood } from '../../../wasm/assembly/doubts';
import { startOf } from '../../../wasm/assembly/regions';
import { daysOf, instantOf, timeOf } from '../../../wasm/assembly/times';
import { foreignValue } from './host';
import {
  CELL_NULL,
  REGION_HASHES,
  REGION_OUTPUT,
  REGION_STAMPS,
  STAMP_BYTES,
  STAMP_SLICE,
  STAMP_VERSION,
  VALUE_BOOLEAN,
  VALUE_DATE,
  VALUE_INSTANT,
  VALUE_INT32,
  VALUE_INT64,
  VALUE_TEXT,
  VALUE_TIME,
} from './layout';
import { cellOf, copyBytes, copyCell } from './lines';
import { booleanOf, int32Of, integerOf } from './scalars';

/*
 * One column of rows as the body of a data page (Parquet format, data page version 1): definition levels, then plain values.
 */

const HEX_DIGITS = 32;

/** NULLs of the last column. */
export let nulls: i32 = 0;

let out: i32 = 0;

/** @returns how long the page's body is in the output, or -1 when a text is no value of its type. */
export function fieldPage(rows: i32, field: i32, kind: i32): i32 {
  clearDoubt();
  out = startOf(REGION_OUTPUT);
  putLevels(rows, field);
  if (kind === VALUE_BOOLEAN) putBooleans(rows, field);
  else putValues(rows, field, kind);
  return isGood ? out - startOf(REGION_OUTPUT) : -1;
}

/** The same of what the rows' spools are stamped with. @param at `STAMP_SLICE` or `STAMP_VERSION`. */
export function stampPage(rows: i32, spoolCell: i32, most: i32, at: i32): i32 {
  clearDoubt();
  out = startOf(REGION_OUTPUT);
  putNoNulls(rows);
  for (let row = 0; row < rows; row += 1) {
    const cell = cellOf(row, spoolCell);
    const spool = integerOf(load<i32>(cell), load<i32>(cell, 4) >> 2);
    if (!isGood || spool < 0 || spool >= <i64>most) return -1;
    const stamp = startOf(REGION_STAMPS) + <i32>spool * STAMP_BYTES;
    if (load<i32>(stamp, STAMP_SLICE) === 0) return -1;
    putText(load<i32>(stamp + at), load<i32>(stamp + at, 4));
  }
  return out - startOf(REGION_OUTPUT);
}

/** The same of the row hashes. */
export function hashPage(rows: i32): i32 {
  out = startOf(REGION_OUTPUT);
  putNoNulls(rows);
  for (let row = 0; row < rows; row += 1) putText(startOf(REGION_HASHES) + row * HEX_DIGITS, HEX_DIGITS);
  return out - startOf(REGION_OUTPUT);
}

assert(STAMP_VERSION === STAMP_SLICE + 8);

function putText(from: i32, length: i32): void {
  store<i32>(out, length);
  copyBytes(from, out + 4, length);
  out += 4 + length;
}

function isNull(row: i32, field: i32): bool {
  return (load<i32>(cellOf(row, field), 4) & 3) === CELL_NULL;
}

/** Levels of one bit: 1 for a value, 0 for NULL; their length comes first. */
function putLevels(rows: i32, field: i32): void {
  nulls = 0;
  for (let row = 0; row < rows; row += 1) nulls += isNull(row, field) ? 1 : 0;
  if (nulls === 0) putNoNulls(rows);
  else {
    const from = out;
    out += 4;
    putVarint((((rows + 7) >> 3) << 1) | 1);
    for (let row = 0; row < rows; row += 8) putEight(rows, row, field);
    store<i32>(from, out - from - 4);
  }
}

/** One run of ones. */
function putNoNulls(rows: i32): void {
  nulls = 0;
  const from = out;
  out += 4;
  putVarint(rows << 1);
  store<u8>(out, 1);
  out += 1;
  store<i32>(from, out - from - 4);
}

/** Bits of eight rows, the first the lowest. */
function putEight(rows: i32, from: i32, field: i32): void {
  let bits = 0;
  for (let i = 0; i < min(8, rows - from); i += 1) if (!isNull(from + i, field)) bits |= 1 << i;
  store<u8>(out, bits);
  out += 1;
}

function putVarint(value: i32): void {
  let left = value;
  while (left > 0x7f) {
    store<u8>(out, (left & 0x7f) | 0x80);
    out += 1;
    left >>= 7;
  }
  store<u8>(out, left);
  out += 1;
}

function putBooleans(rows: i32, field: i32): void {
  let bits = 0;
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    if (isNull(row, field)) continue;
    const cell = cellOf(row, field);
    if (booleanOf(load<i32>(cell), load<i32>(cell, 4) >> 2)) bits |= 1 << (count & 7);
    count += 1;
    if ((count & 7) !== 0) continue;
    store<u8>(out, bits);
    out += 1;
    bits = 0;
  }
  if ((count & 7) === 0) return;
  store<u8>(out, bits);
  out += 1;
}

function putValues(rows: i32, field: i32, kind: i32): void {
  for (let row = 0; row < rows; row += 1) {
    const cell = cellOf(row, field);
    const size = load<i32>(cell, 4);
    if ((size & 3) === CELL_NULL) continue;
    if (kind === VALUE_TEXT) {
      const end = copyCell(cell, out + 4);
      store<i32>(out, end - out - 4);
      out = end;
    } else putScalar(field, kind, load<i32>(cell), size >> 2);
  }
}

function putScalar(field: i32, kind: i32, from: i32, length: i32): void {
  switch (kind) {
    case VALUE_INT32:
      putWord(int32Of(from, length));
      break;
    case VALUE_DATE:
      putWord(daysOf(from, length));
      break;
    case VALUE_INT64:
      putLong(integerOf(from, length));
      break;
    case VALUE_TIME:
      putLong(timeOf(from, length));
      break;
    case VALUE_INSTANT:
      putLong(instantOf(from, length));
      break;
    default:
      out += foreignValue(field, from, length, out);
  }
}

function putWord(value: i32): void {
  store<i32>(out, value);
  out += 4;
}

function putLong(value: i64): void {
  store<i64>(out, value);
  out += 8;
}
