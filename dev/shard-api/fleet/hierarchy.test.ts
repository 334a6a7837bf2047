import { expect, test } from 'vitest';
import { DAY_MS, removedAtMs } from './device-life.ts';
import { deviceId, Fleet } from './fleet.ts';
import { siteTree } from './hierarchy.ts';
import { roomId, Sites, siteId } from './sites.ts';

const NOW = Date.UTC(2026, 10, 21);
const fleet = new Fleet({
  seed: 7,
  shards: ['s1'],
  customers: 0,
  devices: 0,
  sizes: [1, 12, 900],
  removedShare: 0.5,
});
const sites = new Sites(fleet);

interface Tree {
  readonly site_id: string;
  readonly rooms: readonly {
    readonly room_id: string;
    readonly thermostats: readonly { readonly device_id: string; readonly installed_on: string }[];
  }[];
}
const treesOf = (customer: (typeof fleet.customers)[number], atMs: number): Tree[] =>
  Array.from(
    { length: sites.countOf(customer) },
    (_, index) => siteTree(fleet, sites, customer, index + 1, atMs) as unknown as Tree,
  );

test.each(fleet.customers.map((customer) => [customer.size, customer] as const))(
  'customer of %i: each device hangs in one room of one site, where its state says',
  (size, customer) => {
    const trees = treesOf(customer, Date.UTC(2024, 0, 1));
    const found = trees.flatMap((site) =>
      site.rooms.flatMap((room) =>
        room.thermostats.map(({ device_id }) => `${device_id} ${site.site_id} ${room.room_id}`),
      ),
    );
    const expected = Array.from({ length: size }, (_, index) => {
      const device = customer.firstDevice + index;
      const place = sites.placeOf(customer, device);
      return `${deviceId(device)} ${siteId(customer, place)} ${roomId(customer, place)}`;
    });
    expect(found.toSorted()).toEqual(expected);
  },
);

test('a removed device is listed for one day more', () => {
  const [, , customer] = fleet.customers;
  if (customer === undefined) throw new Error('no customer');
  const listed = (atMs: number): string =>
    treesOf(customer, atMs)
      .flatMap(({ rooms }) =>
        rooms.flatMap(({ thermostats }) => thermostats.map(({ device_id }) => device_id)),
      )
      .join();
  const gone =
    customer.firstDevice + [...Array(customer.size).keys()].findIndex((at) => removedAt(customer, at) < NOW);
  const removedMs = removedAtMs(fleet.seed, gone, 0.5) ?? 0;
  expect(fleet.isThere(gone, removedMs)).toBe(false);
  expect(listed(removedMs + DAY_MS - 1)).toContain(deviceId(gone));
  expect(listed(removedMs + DAY_MS)).not.toContain(deviceId(gone));
});

const removedAt = (customer: { readonly firstDevice: number }, at: number): number =>
  removedAtMs(fleet.seed, customer.firstDevice + at, 0.5) ?? Number.POSITIVE_INFINITY;
