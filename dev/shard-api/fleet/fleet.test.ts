import { expect, test } from 'vitest';
import { DAY_MS } from './device-life.ts';
import { deviceId, deviceNumber, Fleet, type FleetOptions } from './fleet.ts';

const NOW = Date.UTC(2026, 10, 21);
const BASE: FleetOptions = {
  seed: 7,
  shards: ['s1', 's2', 's3', 's4', 's5'],
  customers: 400,
  devices: 100_000,
  removedShare: 0,
};

test('devices are numbered once through, each belongs to its customer', () => {
  const fleet = new Fleet(BASE);
  expect(fleet.deviceCount).toBe(100_000);
  let next = 1;
  for (const customer of fleet.customers) {
    expect(customer.firstDevice).toBe(next);
    expect(fleet.ownerOf(customer.firstDevice)).toBe(customer);
    expect(fleet.ownerOf(customer.firstDevice + customer.size - 1)).toBe(customer);
    expect(fleet.devicesOf(customer, NOW)).toHaveLength(customer.size);
    next += customer.size;
  }
  expect(fleet.ownerOf(0)).toBeUndefined();
  expect(fleet.ownerOf(100_001)).toBeUndefined();
});

test('shards have as many customers each, and about as many devices', () => {
  const fleet = new Fleet(BASE);
  for (const shard of BASE.shards) {
    expect(fleet.customersOf(shard)).toHaveLength(80);
    expect(fleet.countDevices(NOW, shard)).toBeGreaterThan(14_000);
    expect(fleet.countDevices(NOW, shard)).toBeLessThan(26_000);
  }
});

test('sizes may be listed, dealt in turn or by shard', () => {
  const dealt = new Fleet({ ...BASE, shards: ['s1', 's2'], sizes: [3, 10_000, 5] });
  expect(dealt.customers.map(({ shard, size }) => `${shard} ${size}`)).toEqual(['s1 3', 's2 10000', 's1 5']);
  const named = new Fleet({ ...BASE, shards: ['s1', 's2'], sizes: { s2: [4, 4], s1: [1] } });
  expect(named.customersOf('s2').map(({ id, size }) => `${id} ${size}`)).toEqual(['c-00001 4', 'c-00002 4']);
  expect(named.deviceCount).toBe(9);
});

test('some devices vanish one day and stay away; the same ones in every fleet of the seed', () => {
  const fleet = new Fleet({ ...BASE, removedShare: 0.01 });
  const counts = [2024, 2025, 2026, 2027, 2028, 2029].map((year) => fleet.countDevices(Date.UTC(year, 6, 1)));
  expect(counts[0]).toBe(100_000);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(new Set(counts).size).toBe(6);
  expect(counts[5]).toBeGreaterThan(98_800);
  const again = new Fleet({ ...BASE, removedShare: 0.01 });
  expect(again.countDevices(NOW)).toBe(fleet.countDevices(NOW));
  const gone = Array.from({ length: fleet.deviceCount }, (_, index) => index + 1).find(
    (device) => !fleet.isThere(device, NOW),
  );
  const owner = fleet.ownerOf(gone ?? 0);
  expect(owner && fleet.devicesOf(owner, NOW)).not.toContain(gone);
  expect(owner && fleet.devicesOf(owner, Date.UTC(2024, 0, 1))).toContain(gone);
  expect(fleet.isThere(gone ?? 0, NOW + 365 * DAY_MS)).toBe(false);
});

test('ids and numbers of devices', () => {
  expect(deviceId(7)).toBe('d-0000007');
  expect(deviceNumber('d-0000007')).toBe(7);
  for (const id of ['d-7', '7', 'd-00000x7', 'd-0000007 ', '']) expect(deviceNumber(id)).toBeUndefined();
});
