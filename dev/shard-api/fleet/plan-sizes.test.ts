import { expect, test } from 'vitest';
import { planSizes } from './plan-sizes.ts';

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

test.each([
  [1, 400, 100_000],
  [7, 20, 600],
  [7, 3, 1_000],
  [9, 1, 5],
  [3, 50, 50],
  [3, 200, 700],
])('seed %i: %i customers share exactly %i devices, none without', (seed, customers, devices) => {
  const sizes = planSizes(seed, customers, devices);
  expect(sizes).toHaveLength(customers);
  expect(total(sizes)).toBe(devices);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
  expect(sizes.every(Number.isInteger)).toBe(true);
});

test.each([1, 7, 42])('seed %i: a few have ten thousand, many have ten', (seed) => {
  const sizes = planSizes(seed, 400, 100_000);
  const large = sizes.filter((size) => size >= 10_000).length;
  expect(large).toBeGreaterThanOrEqual(2);
  expect(large).toBeLessThanOrEqual(5);
  const small = sizes.filter((size) => size >= 5 && size <= 17).length;
  expect(small).toBeGreaterThan(200);
});

test('one seed gives the same sizes twice, another gives others', () => {
  expect(planSizes(7, 400, 100_000)).toEqual(planSizes(7, 400, 100_000));
  expect(planSizes(8, 400, 100_000)).not.toEqual(planSizes(7, 400, 100_000));
});
