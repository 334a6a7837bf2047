import { expect, test } from 'vitest';
import { batteryLevel } from '../shard-api/fleet/battery-life.ts';
import { DAY_MS, deviceDraw, installedAtMs } from '../shard-api/fleet/device-life.ts';
import { deviceId, Fleet } from '../shard-api/fleet/fleet.ts';
import { MARK_PATTERN } from '../shard-api/personal/mark.ts';
import { type BatteryRow, batteryRows } from './battery-rows.ts';

const NOW = Date.UTC(2026, 10, 21, 9);
const fleet = new Fleet({ seed: 7, shards: ['s1'], customers: 0, devices: 0, sizes: [300], removedShare: 0 });
const rowsOf = (atMs: number): BatteryRow[] => [...batteryRows(fleet, atMs)];

test('each device has one set of batteries now, after those it had before, without gaps', () => {
  const byDevice = Map.groupBy(rowsOf(NOW), (row) => row.deviceId);
  expect([...byDevice.keys()]).toEqual(Array.from({ length: 300 }, (_, index) => deviceId(index + 1)));
  for (const sets of byDevice.values()) {
    expect(sets.map(({ batteryId }) => batteryId % 1_000)).toEqual(sets.map((_, index) => index));
    expect(sets.at(-1)?.replacedOn).toBeNull();
    for (const [index, { replacedOn }] of sets.slice(0, -1).entries()) {
      expect(replacedOn).toBe(sets[index + 1]?.installedOn);
    }
  }
  expect(Math.max(...[...byDevice.values()].map(({ length }) => length))).toBeGreaterThan(3);
});

test('they are the ones whose level the shards tell: full when they are new', () => {
  const replaced = rowsOf(NOW).filter(({ batteryId }) => batteryId % 1_000 > 0);
  expect(replaced.length).toBeGreaterThan(300);
  for (const { batteryId, installedOn } of replaced) {
    const draw = deviceDraw(fleet.seed, Math.floor(batteryId / 1_000));
    const newMs = Date.parse(`${installedOn}T00:00:00Z`);
    expect(batteryLevel(draw, installedAtMs(draw), newMs).percent).toBe(100);
    expect(batteryLevel(draw, installedAtMs(draw), newMs - 1).percent).toBeLessThan(5);
  }
});

test('time only adds sets and replacements, each stamped when it happened', () => {
  const before = new Map(rowsOf(NOW).map((row) => [row.batteryId, row]));
  const later = rowsOf(NOW + 30 * DAY_MS);
  expect(later.length).toBeGreaterThan(before.size);
  const changed = later.filter((row) => JSON.stringify(row) !== JSON.stringify(before.get(row.batteryId)));
  expect(changed.length).toBeGreaterThan(10);
  for (const { updatedAt } of changed) {
    expect(Date.parse(updatedAt)).toBeGreaterThan(NOW - DAY_MS);
    expect(Date.parse(updatedAt)).toBeLessThanOrEqual(NOW + 30 * DAY_MS);
  }
  for (const { technician } of later) expect(technician).toMatch(MARK_PATTERN);
});
