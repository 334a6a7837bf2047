import { expect, test } from 'vitest';
import { BusyShare } from './busy-share.ts';

test('a share of the last ten seconds and more, which is forgotten in time', () => {
  const share = new BusyShare(1_000);
  expect(share.at(1_000)).toBe(0);
  share.add(2_000, 1_000);
  expect(share.at(1_000)).toBeCloseTo(0.2);
  expect(share.at(11_000)).toBeCloseTo(0.1);
  expect(share.at(11_001)).toBeCloseTo(0.1, 3);
  expect(share.at(200_000)).toBeLessThan(0.001);
});

test('it is never more than all', () => {
  const share = new BusyShare(0);
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 1_000) share.add(2_000, nowMs);
  expect(share.at(60_000)).toBe(1);
});
