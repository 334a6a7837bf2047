import { expect, test } from 'vitest';
import { ceilToDay, cursorLiteral, floorToDay, MICROS_PER_DAY, microsOfDay } from './cursor-literal.ts';
import { sourceErrors } from './errors.ts';

test('instants are written to the microsecond, before and after 1970', () => {
  expect(cursorLiteral('timestamptz', 0n)).toBe("timestamptz '1970-01-01 00:00:00.000000+00'");
  expect(cursorLiteral('timestamptz', -1n)).toBe("timestamptz '1969-12-31 23:59:59.999999+00'");
  expect(cursorLiteral('timestamptz', 9_007_199_254_740_993n)).toBe(
    "timestamptz '2255-06-05 23:47:34.740993+00'",
  );
});

test('a date limit is the first day at or after it', () => {
  const day = microsOfDay('2026-03-10');
  expect(cursorLiteral('date', day)).toBe("date '2026-03-10'");
  expect(cursorLiteral('date', day + 1n)).toBe("date '2026-03-11'");
  expect(cursorLiteral('date', day - 1n)).toBe("date '2026-03-10'");
});

test('days are cut downwards and upwards below 1970 too', () => {
  expect(floorToDay(-1n)).toBe(-MICROS_PER_DAY);
  expect(ceilToDay(-1n)).toBe(0n);
});

test('what the ISO form cannot write is refused', () => {
  const refusal = expect.objectContaining({ code: sourceErrors.cursorOutOfRange.code });
  expect(() => cursorLiteral('timestamptz', 253_402_300_800_000_000n)).toThrow(refusal);
  expect(() => cursorLiteral('timestamptz', -62_135_596_800_000_001n)).toThrow(refusal);
  expect(() => microsOfDay("2026-01-01'; --")).toThrow(refusal);
});
