import { afterEach, beforeEach, expect, test } from 'vitest';
import { batteryRows } from '#dev/battery/battery-rows.ts';
import {
  createBatteryReader,
  createBatterySchema,
  fillBatteries,
  replaceBatteries,
} from '#dev/battery/fill.ts';
import { Fleet } from '#dev/shard-api/fleet/fleet.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';

/** Long past, so that the present is told apart from what the fleet says. */
const NOW = Date.UTC(2025, 5, 1, 9);
const MONTH_MS = 30 * 86_400_000;
const ALLOWED = 'battery_id, device_id, battery_type, installed_on, replaced_on, updated_at';
const fleet = new Fleet({ seed: 7, shards: ['s1'], customers: 0, devices: 0, sizes: [200], removedShare: 0 });

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
  await createBatterySchema(database.url);
});
afterEach(() => database.drop());

type Row = Record<string, unknown>;
const ask = (sql: string, url = database.url): Promise<Row[]> =>
  withClient(url, async (client) => (await client.query<Row>(sql)).rows);

test('one fleet and instant fill one set of rows', async () => {
  const rows = [...batteryRows(fleet, NOW)];
  expect(await fillBatteries(database.url, fleet, NOW)).toBe(rows.length);
  const found = await ask(
    `select battery_id::int as "batteryId", device_id as "deviceId", battery_type as "batteryType",
       installed_on::text as "installedOn", replaced_on::text as "replacedOn", technician, remarks,
       to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "updatedAt"
     from battery.batteries order by battery_id`,
  );
  expect(found).toEqual(rows);
  expect(await fillBatteries(database.url, fleet, NOW)).toBe(0);
});

test('filled again later it gets what happened since, stamped with the present', async () => {
  await fillBatteries(database.url, fleet, NOW);
  const [{ began } = {}] = await ask('select now() as began');
  const changed = await fillBatteries(database.url, fleet, NOW + MONTH_MS);
  expect(changed).toBeGreaterThan(10);
  expect(
    await ask(`select count(*)::int as n from battery.batteries where updated_at >= '${toText(began)}'`),
  ).toEqual([{ n: changed }]);
  expect(await ask('select count(*)::int as n from battery.batteries')).toEqual([
    { n: [...batteryRows(fleet, NOW + MONTH_MS)].length },
  ]);
});

const toText = (at: unknown): string => (at as Date).toISOString();

test('replacements between two runs end one set and begin another', async () => {
  await fillBatteries(database.url, fleet, NOW);
  const replaced = await withClient(database.url, (client) => replaceBatteries(client, 5, '2026-11-21'));
  expect(replaced).toBe(5);
  const open = `select device_id from battery.batteries where replaced_on is null`;
  expect(await ask(`select count(*)::int as n from (${open}) o`)).toEqual([{ n: 200 }]);
  expect(
    await ask(`select count(*)::int as n from battery.batteries where installed_on = '2026-11-21'`),
  ).toEqual([{ n: 5 }]);
});

test('the reader reads everything but people, and changes nothing', async () => {
  await fillBatteries(database.url, fleet, NOW);
  const reader = await createBatteryReader(database.url);
  expect(await createBatteryReader(database.url)).toBe(reader);
  expect(await ask(`select ${ALLOWED} from battery.batteries limit 1`, reader)).toHaveLength(1);
  const refused = { code: '42501' };
  await expect(ask('select technician from battery.batteries', reader)).rejects.toMatchObject(refused);
  await expect(ask('select remarks from battery.batteries', reader)).rejects.toMatchObject(refused);
  await expect(ask('delete from battery.batteries', reader)).rejects.toMatchObject(refused);
});
