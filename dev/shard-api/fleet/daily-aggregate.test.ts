import { expect, test } from 'vitest';
import { dailyAggregate } from './daily-aggregate.ts';
import { DAY_MS } from './device-life.ts';

const DAY = Date.UTC(2026, 2, 1);
const RANGES = ['temperature', 'humidity', 'rssi', 'battery_voltage'] as const;

type Aggregate = Record<(typeof RANGES)[number], { avg: number; min: number; max: number }> & {
  readonly day: string;
  readonly samples: number;
  readonly valve_movement: number;
};
const aggregateOf = (device: number, dayMs: number, seed = 7): Aggregate =>
  dailyAggregate(seed, device, 'c-00001', dayMs) as unknown as Aggregate;

test('averages lie between least and most, and there is at least one sample', () => {
  for (let device = 1; device <= 300; device += 1) {
    const aggregate = aggregateOf(device, DAY);
    for (const name of RANGES) {
      const { avg, min, max } = aggregate[name];
      expect(avg).toBeGreaterThanOrEqual(min - 0.05);
      expect(avg).toBeLessThanOrEqual(max + 0.05);
    }
    expect(aggregate.day).toBe('2026-03-01');
    expect(Number.isInteger(aggregate.samples)).toBe(true);
    expect(aggregate.samples).toBeGreaterThanOrEqual(1);
    expect(aggregate.samples).toBeLessThanOrEqual(96);
    expect(aggregate.valve_movement).toBeGreaterThanOrEqual(0);
  }
});

test('aggregates depend on seed, device and day', () => {
  expect(aggregateOf(1, DAY)).toEqual(aggregateOf(1, DAY));
  for (const other of [aggregateOf(2, DAY), aggregateOf(1, DAY + DAY_MS), aggregateOf(1, DAY, 8)]) {
    expect(other.temperature).not.toEqual(aggregateOf(1, DAY).temperature);
  }
});
