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
  if (type.kind === 'float64') {
    const value = Number(text);
    if (Number.isNaN(value) && text !== 'NaN') throw noValue(type);
    // Adding zero turns -0 into 0.
    out.setFloat64(at, value + 0, true);
    return 8;
  }
  if (type.kind === 'decimal') {
    if (!DECIMAL.test(text)) throw noValue(type);
    return writeDecimal(unscaled(text, type.scale), type, out, at);
  }
  if (type.kind !== 'bytes' || !HEX.test(text)) throw noValue(type);
  const bytes = Buffer.from(text.slice(2), 'hex');
  out.setUint32(at, bytes.length, true);
  new Uint8Array(out.buffer).set(bytes, at + 4);
  return 4 + bytes.length;
}

const DECIMAL = /^-?[0-9]+(?:\.[0-9]*)?$/;
const HEX = /^\\x(?:[0-9a-f]{2})*$/;

type Decimal = Extract<ScalarType, { kind: 'decimal' }>;

function writeDecimal(value: bigint, type: Decimal, out: DataView, at: number): number {
  const most = 10n ** BigInt(type.precision);
  if (value >= most || value <= -most) throw noValue(type);
  if (type.precision <= 9) {
    out.setInt32(at, Number(value), true);
    return 4;
  }
  if (type.precision <= 18) {
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
  if (type.kind === 'decimal' && !DECIMAL.test(text)) throw noValue(type);
  return out.write(scalarHashText(type, text), at, 'latin1');
}

const noValue = ({ kind }: ScalarType): NotDoneHere => new NotDoneHere(`a text is no ${kind}`);
