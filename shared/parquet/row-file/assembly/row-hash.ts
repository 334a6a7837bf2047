import { startOf } from '../../../wasm/assembly/regions';
import { foreignHash } from './host';
import {
  CELL_NULL,
  HASH_AS_IT_IS,
  HASH_ESCAPED,
  HASH_FIRST_CHARACTER,
  REGION_HASHES,
  REGION_LANES,
} from './layout';
import { cellOf, copyCell } from './lines';
import { clearLanes, hashFour, pad } from './md5';

/*
 * The row hash, as `shared/parquet/row-hash.ts` defines it: fields joined by US f, NULL as US n, a US in a value as US e.
 */

const SEPARATOR: u8 = 0x1f;
const LANES = 4;

/**
 * Hashes rows into their region.
 *
 * @param styles of each field one byte. @param laneBytes room for the longest row's text, escaped and padded.
 */
export function hashRows(rows: i32, fields: i32, styles: i32, laneBytes: i32): void {
  const lanes = startOf(REGION_LANES);
  for (let row = 0; row < rows; row += LANES) {
    clearLanes();
    for (let lane = 0; lane < min(LANES, rows - row); lane += 1) {
      const from = lanes + lane * laneBytes;
      pad(lane, from, rowText(row + lane, fields, styles, from));
    }
    hashFour(lanes, laneBytes, startOf(REGION_HASHES) + row * 32);
  }
}

/** Writes what is hashed of a row. @returns where it ends. */
function rowText(row: i32, fields: i32, styles: i32, to: i32): i32 {
  let out = to;
  for (let field = 0; field < fields; field += 1) {
    if (field > 0) out = putMark(out, 0x66);
    const cell = cellOf(row, field);
    if ((load<i32>(cell, 4) & 3) === CELL_NULL) out = putMark(out, 0x6e);
    else out = putValue(field, load<u8>(styles + field), cell, out);
  }
  return out;
}

function putMark(to: i32, mark: u8): i32 {
  store<u8>(to, SEPARATOR);
  store<u8>(to, mark, 1);
  return to + 2;
}

function putValue(field: i32, style: i32, cell: i32, to: i32): i32 {
  if (style === HASH_AS_IT_IS) return copyCell(cell, to);
  if (style === HASH_ESCAPED) return escaped(to, copyCell(cell, to));
  if (style === HASH_FIRST_CHARACTER) {
    store<u8>(to, load<u8>(load<i32>(cell)));
    return to + 1;
  }
  return to + foreignHash(field, load<i32>(cell), load<i32>(cell, 4) >> 2, to);
}

/** Puts an `e` behind each separator. @returns where the text ends now. */
function escaped(from: i32, to: i32): i32 {
  const separators = i8x16.splat(SEPARATOR);
  let at = from;
  while (at + 16 <= to && !v128.any_true(i8x16.eq(v128.load(at), separators))) at += 16;
  let more = 0;
  for (let i = at; i < to; i += 1) if (load<u8>(i) === SEPARATOR) more += 1;
  if (more === 0) return to;
  const end = to + more;
  for (let i = to - 1, out = end - 1; more > 0; i -= 1) {
    if (load<u8>(i) === SEPARATOR) {
      store<u8>(out, 0x65);
      out -= 1;
      more -= 1;
    }
    store<u8>(out, load<u8>(i));
    out -= 1;
  }
  return end;
}
