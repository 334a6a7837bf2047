import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

test('doubles, within its jitter', () => {
  expect(retryDelayMs(1_000, 1, 0)).toBe(500);
  expect(retryDelayMs(1_000, 1, 1)).toBe(1_000);
  expect(retryDelayMs(1_000, 4, 1)).toBe(8_000);
});

test('is capped at five minutes, however often it failed', () => {
  expect(retryDelayMs(1_000, 5_000, 1)).toBe(300_000);
});
