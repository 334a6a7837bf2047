import { expect, test } from 'vitest';
import { ageText, freshnessState } from './freshness-state.ts';

const hour = { count: 1, period: 'hour' } as const;
const day = { count: 1, period: 'day' } as const;

test.each([
  [3_599, 'pass'],
  [3_600, 'pass'],
  [3_600.000001, 'warn'],
  [86_400, 'warn'],
  [86_401, 'error'],
])('%d seconds after the latest loading: %s', (age, state) => {
  expect(freshnessState(age, { warnAfter: hour, errorAfter: day, filter: undefined })).toBe(state);
});

test('a period that is not declared is never exceeded', () => {
  expect(freshnessState(1e9, { warnAfter: hour, errorAfter: undefined, filter: undefined })).toBe('warn');
  expect(freshnessState(4_000, { warnAfter: undefined, errorAfter: hour, filter: undefined })).toBe('error');
  const none = { count: 0, period: 'minute' } as const;
  expect(freshnessState(0, { warnAfter: none, errorAfter: undefined, filter: undefined })).toBe('pass');
});

test('ages are told in the largest unit that fits, rounded down', () => {
  expect([0.4, 61, 7_199, 90_000, 172_800].map(ageText)).toEqual([
    '0 seconds old',
    '1 minute 1 second old',
    '1 hour 59 minutes old',
    '1 day 1 hour old',
    '2 days old',
  ]);
  expect(ageText(null)).toBe('never loaded');
});
