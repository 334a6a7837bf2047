import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { CursorDeclaration } from '#shared/pipeline/declaration.ts';
import { sourceErrors } from './errors.ts';

const MICROS_PER_MILLI = 1_000n;
export const MICROS_PER_DAY = 86_400_000_000n;

const YEAR_ONE = -62_135_596_800_000_000n;
const YEAR_TEN_THOUSAND = 253_402_300_800_000_000n;

/** Day (microseconds at 00:00 UTC) that `micros` falls in; also right below 1970. */
export function floorToDay(micros: bigint): bigint {
  const rest = micros % MICROS_PER_DAY;
  return rest < 0n ? micros - rest - MICROS_PER_DAY : micros - rest;
}

/** First midnight UTC at or after `micros`. */
export function ceilToDay(micros: bigint): bigint {
  const day = floorToDay(micros);
  return day === micros ? day : day + MICROS_PER_DAY;
}

/** Microseconds since 1970 UTC of a calendar day `YYYY-MM-DD`. */
export function microsOfDay(day: string): bigint {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(millis)) throw new PenstockError(sourceErrors.cursorOutOfRange, { day });
  return BigInt(millis) * MICROS_PER_MILLI;
}

/**
 * Renders a window limit as an SQL literal. COPY takes no parameters, so this is the only way a value gets into
 * its text; it accepts a bigint and emits digits only.
 *
 * A constant rather than `epoch + N * interval '1 microsecond'`: that product is computed in double precision
 * (inexact past 2^53), and a constant is what an index on the cursor can use.
 *
 * For a date cursor the literal is the first day whose midnight is at or after `micros`: for a whole day `d`,
 * both `d >= micros` and `d < micros` mean the same as with that day.
 *
 * @throws SOURCE_CURSOR_OUT_OF_RANGE outside the years 1–9999, which the ISO form cannot write unambiguously.
 */
export function cursorLiteral(type: CursorDeclaration['type'], micros: bigint): string {
  if (type === 'int64') return `bigint '${micros.toString()}'`;
  const limit = type === 'date' ? ceilToDay(micros) : micros;
  if (limit < YEAR_ONE || limit >= YEAR_TEN_THOUSAND) {
    throw new PenstockError(sourceErrors.cursorOutOfRange, { micros: micros.toString() });
  }
  const day = floorToDay(limit);
  const date = new Date(Number(day / MICROS_PER_MILLI)).toISOString().slice(0, 10);
  return type === 'date' ? `date '${date}'` : `timestamptz '${date} ${timeOfDay(limit - day)}+00'`;
}

function timeOfDay(micros: bigint): string {
  const seconds = micros / 1_000_000n;
  const two = (value: bigint): string => value.toString().padStart(2, '0');
  const fraction = (micros % 1_000_000n).toString().padStart(6, '0');
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${fraction}`;
}
