import { expect, test } from 'vitest';
import { jobs } from '#shared/contracts/jobs.ts';
import { backoffDelayMs, backoffOf } from './backoff-delay.ts';

const backoff = { baseMs: 500, maxMs: 60_000, jitter: 0.5 };

test('doubles from the base and is capped, also after a thousand attempts', () => {
  const delays = [1, 2, 3, 4, 8, 9, 1_000].map((attempt) => backoffDelayMs(attempt, backoff, 0));
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 60_000, 60_000, 60_000]);
});

test('jitter takes off at most its share', () => {
  expect(backoffDelayMs(3, backoff, 0.999_999)).toBe(1_000);
  expect(backoffDelayMs(3, { ...backoff, jitter: 0 }, 0.9)).toBe(2_000);
});

test('comes from the catalogue by the name of the job', () => {
  for (const job of Object.values(jobs)) expect(backoffOf(job.name)).toBe(job.backoff);
  expect(backoffOf('stranger').maxMs).toBeGreaterThan(0);
});
