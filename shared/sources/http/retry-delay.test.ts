import { expect, test } from 'vitest';
import { callRetryDelayMs, retryAfterMs } from './retry-delay.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

test.each([
  ['3', 3_000],
  [' 0 ', 0],
  ['86400', 60_000],
  ['Sun, 01 Mar 2026 12:00:05 GMT', 5_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['Mon, 02 Mar 2026 12:00:00 GMT', 60_000],
  ['soon', null],
  ['-1', null],
  ['1.5', null],
  ['2026', 60_000],
  ['2026-03-01', null],
  ['', null],
  [undefined, null],
  [['3', '4'], null],
])('Retry-After %o asks for %o ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});

test('delays double, are capped and lie in their upper half', () => {
  expect([1, 2, 3].map((failures) => callRetryDelayMs(failures, 0, 0))).toEqual([125, 250, 500]);
  expect(callRetryDelayMs(3, 0, 0.999)).toBeGreaterThan(990);
  expect(callRetryDelayMs(40, 0, 0.999)).toBeLessThanOrEqual(10_000);
});

test('what the API asks for is waited at least, and not by all to the same instant', () => {
  expect(callRetryDelayMs(1, 5_000, 0)).toBeGreaterThanOrEqual(5_000);
  expect(callRetryDelayMs(1, 5_000, 0)).not.toBe(callRetryDelayMs(1, 5_000, 0.9));
  expect(callRetryDelayMs(10, 10, 0.5)).toBeGreaterThan(1_000);
});
