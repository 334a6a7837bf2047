import { isCanonical } from '#shared/pipeline/canonical-text.ts';
import { unscaled } from '#shared/pipeline/compare-canonical.ts';
import type { ScalarType } from '#shared/pipeline/field.ts';
import { scalarHashText } from '../row-hash.ts';
import { WIDE_DECIMAL_BYTES } from './column-types.ts';
import { NotDoneHere } from './not-done-here.ts';

/**
 * Writes a value of canonical text as Parquet's plain encoding has it.
 *
 * @returns how many bytes.
 * @throws NotDoneHere when the text is no value of the type.
 */
export function writeForeignValue(type: ScalarType, text: string, out: DataView, at: number): number {
  checkText(type, text);
  if (type.kind === 'float64') {
    // Adding zero turns -0 into 0.
    out.setFloat64(at, Number(text) + 0, true);
    return 8;
  }
  if (type.kind === 'decimal') return writeDecimal(unscaled(text, type.scale), type.precision, out, at);
  if (type.kind !== 'bytes') throw new TypeError(`a ${type.kind} is not written here`);
  const bytes = Buffer.from(text.slice(2), 'hex');
  out.setUint32(at, bytes.length, true);
  new Uint8Array(out.buffer).set(bytes, at + 4);
  return 4 + bytes.length;
}

function writeDecimal(value: bigint, precision: number, out: DataView, at: number): number {
  if (precision <= 9) {
    out.setInt32(at, Number(value), true);
    return 4;
  }
  if (precision <= 18) {
    out.setBigInt64(at, value, true);
    return 8;
  }
  out.setBigInt64(at, value >> 64n);
  out.setBigUint64(at + 8, BigInt.asUintN(64, value));
  return WIDE_DECIMAL_BYTES;
}

/**
 * Writes what of a value enters the row hash.
 *
 * @returns how many bytes.
 * @throws NotDoneHere as above.
 */
export function writeForeignHash(type: ScalarType, text: string, out: Buffer, at: number): number {
  checkText(type, text);
  return out.write(scalarHashText(type, text), at, 'latin1');
}

function checkText(type: ScalarType, text: string): void {
  if (!isCanonical(type, text)) throw new NotDoneHere('no_value');
}
