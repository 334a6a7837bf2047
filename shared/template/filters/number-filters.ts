import { typeFault, valueFault } from '../failures/template-fault.ts';
import { fixedText } from '../format/round-decimal.ts';
import { expectCount, expectNumber } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import { toFloat } from '../values/arithmetic.ts';
import type { CallSite } from '../values/call-site.ts';
import { HostObject } from '../values/host-object.ts';
import { nearestNumber } from '../values/number-of.ts';
import { parseFloatText, parseIntegerText } from '../values/parse-number.ts';
import { isTrue } from '../values/truth.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { filterTable } from './filter-table.ts';

const bindInt = parameters('int', 'default?', 'base?');
const bindFloat = parameters('float', 'default?');
const bindRound = parameters('round', 'precision?', 'method?');
const bindSize = parameters('filesizeformat', 'binary?');

function toInteger(value: Value, call: CallSite): Value {
  const [otherwise = 0n, base = 10n] = bindInt(call);
  if (value instanceof UndefinedValue) throw value.fault();
  const parsed = typeof value === 'string' ? parseIntegerText(value, expectCount(base, 'base')) : undefined;
  if (parsed !== undefined) return parsed;
  const number = typeof value === 'string' ? parseFloatText(value) : nearestNumber(value);
  if (typeof number === 'bigint') return number;
  if (number === undefined) return otherwise;
  // As Python: inf is an OverflowError when it is a float, and the default when it is written.
  if (!Number.isFinite(number)) {
    if (typeof value === 'number' && !Number.isNaN(value))
      throw valueFault('cannot convert float infinity to integer');
    return otherwise;
  }
  return BigInt(Math.trunc(number));
}

function toFloatFilter(value: Value, call: CallSite): Value {
  const [otherwise = 0] = bindFloat(call);
  if (value instanceof UndefinedValue) throw value.fault();
  if (typeof value === 'string') return parseFloatText(value) ?? otherwise;
  const number = nearestNumber(value);
  return number === undefined ? otherwise : toFloat(number);
}

function round(value: Value, call: CallSite): Value {
  const [precision = 0n, method = 'common'] = bindRound(call);
  const places = expectCount(precision, 'precision');
  if (method === 'common' && value instanceof HostObject && value.round !== undefined)
    return value.round(places);
  const number = nearestNumber(value) ?? expectNumber(value, 'the value to round');
  if (method === 'common')
    return typeof number === 'bigint' ? roundInteger(number, places) : roundFloat(number, places);
  if (method !== 'ceil' && method !== 'floor') throw typeFault('method must be common, ceil or floor');
  if (places > 308) throw valueFault('precision is too large');
  const scaled = toFloat(number) * 10 ** places;
  if (!Number.isFinite(scaled)) throw valueFault('cannot convert float infinity to integer');
  return (method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / 10 ** places;
}

function roundInteger(value: bigint, places: number): bigint {
  if (places >= 0) return value;
  if (places < -10_000) return 0n;
  const unit = 10n ** BigInt(-places);
  const rest = ((value % unit) + unit) % unit;
  const floor = value - rest;
  const isUp = rest * 2n > unit || (rest * 2n === unit && (floor / unit) % 2n !== 0n);
  return isUp ? floor + unit : floor;
}

function roundFloat(value: number, places: number): number {
  if (!Number.isFinite(value) || places > 100) return value;
  if (places >= 0) return Number(fixedText(value, places));
  if (places < -308) return value < 0 ? -0 : 0;
  return Math.abs(value) < 1e21 && Number.isInteger(value)
    ? Number(roundInteger(BigInt(value), places))
    : Number(fixedText(value / 10 ** -places, 0)) * 10 ** -places;
}

function absolute(value: Value): Value {
  if (value instanceof HostObject && value.negate !== undefined && value.asNumber !== undefined)
    return value.asNumber() < 0 ? value.negate() : value;
  const number = expectNumber(value, 'the argument of abs');
  return number < 0 ? -number : Object.is(number, -0) ? 0 : number;
}

const decimalUnits = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
const binaryUnits = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

function fileSize(value: Value, call: CallSite): string {
  const isBinary = isTrue(bindSize(call)[0] ?? false);
  const size =
    typeof value === 'string' ? parseFloatText(value) : toFloat(expectNumber(value, 'a file size'));
  if (size === undefined) throw valueFault('could not convert string to float');
  const base = isBinary ? 1024 : 1000;
  if (size === 1) return '1 Byte';
  if (size < base) return `${Math.trunc(size)} Bytes`;
  const units = isBinary ? binaryUnits : decimalUnits;
  const found = units.findIndex((_, index) => size < base ** (index + 2));
  const index = found === -1 ? units.length - 1 : found;
  return `${fixedText((base * size) / base ** (index + 2), 1)} ${units[index] ?? ''}`;
}

export const numberFilters = filterTable({
  int: toInteger,
  float: toFloatFilter,
  round,
  abs: absolute,
  filesizeformat: fileSize,
});
