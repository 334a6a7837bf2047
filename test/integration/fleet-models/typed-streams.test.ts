import { afterAll, beforeAll, expect, test } from 'vitest';
import { textTable } from '#test/support/text-table.ts';
import { customerId, deviceId, type Fleet, mergeNothing, startFleet, troubles } from './fleet-fixture.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.stop());

const aggregate = (device: number, day: string, by: string, metrics: object): Record<string, unknown> => ({
  device_id: deviceId(device),
  customer_id: customerId(1),
  shard: 's1',
  day,
  fetched_by: by,
  metrics: { samples: 24, ...metrics },
});
const evaluation = (device: number, on: string, health: string, key: string): Record<string, unknown> => ({
  device_id: deviceId(device),
  evaluated_on: on,
  model_version: 'v7',
  health,
  days_remaining: 30,
  object_key: key,
});

async function build(asOf: string): Promise<Map<string, number | null>> {
  const built = await fleet.build(asOf);
  expect(troubles(built)).toEqual([]);
  return new Map(built.models.map(({ name, rows }) => [name, rows]));
}

test('daily aggregates are typed; what arrives late or again replaces its day, and nothing else is written', async () => {
  await fleet.merge(
    'daily_aggregates',
    [
      aggregate(1, '2026-03-29', 'coarse', {
        valve_movement: 12.5,
        temperature: { avg: 21.25, min: 19, max: 23.5 },
        rssi: { avg: -60.5, min: -70, max: -50 },
      }),
      aggregate(2, '2026-03-29', 'fine', { battery_voltage: { avg: 2.875, min: 2.85, max: 2.9 } }),
      // Nobody can know a day before it has been; a back end that says so is wrong.
      aggregate(2, '2026-04-09', 'coarse', {}),
    ],
    { loadedAt: '2026-03-30T03:00:00Z' },
  );
  await mergeNothing(fleet, 'daily_aggregates');
  expect((await build('2026-03-30')).get('stg_daily_aggregates')).toBe(2);
  await fleet.merge(
    'daily_aggregates',
    [
      aggregate(1, '2026-03-30', 'coarse', {}),
      aggregate(2, '2026-03-29', 'coarse', { valve_movement: 3, samples: 48 }),
      aggregate(1, '2025-01-01', 'coarse', {}),
    ],
    { loadedAt: '2026-03-31T03:00:00Z' },
  );
  expect(fleet.warnings).toEqual(['source_within_retention_landing_daily_aggregates_day__13']);
  expect((await build('2026-03-31')).get('stg_daily_aggregates')).toBe(2);
  expect(
    await fleet.rows(`select device_id, day, fetched_by, valve_movement as valve, temperature_avg as t, temperature_min as low,
      temperature_max as high, humidity_avg as h, rssi_min as rssi, battery_voltage_avg as volts, samples
      from fleet_silver.stg_daily_aggregates order by day, device_id`),
  ).toEqual(
    textTable(`
    device_id | day        | fetched_by | valve | t     | low | high | h | rssi | volts | samples
    d-0000001 | 2026-03-29 | coarse     | 12.5  | 21.25 | 19  | 23.5 | - | -70  | -     | 24
    d-0000002 | 2026-03-29 | coarse     | 3     | -     | -   | -    | - | -    | -     | 48
    d-0000001 | 2026-03-30 | coarse     | -     | -     | -   | -    | - | -    | -     | 24`),
  );
});

test('of two files about one day of evaluation the one read later holds', async () => {
  await fleet.merge('battery_evaluations', [
    evaluation(1, '2026-03-20', '0.5000', 'evaluations/a.csv'),
    evaluation(2, '2026-03-20', '0.9000', 'evaluations/a.csv'),
  ]);
  await build('2026-03-31');
  await fleet.merge('battery_evaluations', [evaluation(1, '2026-03-20', '0.4500', 'evaluations/b.csv')]);
  expect((await build('2026-03-31')).get('stg_battery_evaluations')).toBe(1);
  expect(
    await fleet.rows(
      'select device_id, health, expected_empty_on, object_key from fleet_silver.stg_battery_evaluations order by 1',
    ),
  ).toEqual(
    textTable(`
    device_id | health | expected_empty_on | object_key
    d-0000001 | 0.4500 | 2026-04-19        | evaluations/b.csv
    d-0000002 | 0.9000 | 2026-04-19        | evaluations/a.csv`),
  );
});

test('a row that breaks what a merge relies on stops the merge, with the test’s name', async () => {
  await expect(fleet.merge('daily_aggregates', [aggregate(1, '2026-03-30', 'guessed', {})])).rejects.toThrow(
    'source_accepted_values_landing_daily_aggregates_fetched_by__coarse__fine',
  );
  await expect(fleet.merge('battery_registry', [{ battery_id: 1, device_id: deviceId(1) }])).rejects.toThrow(
    'source_not_null_landing_battery_registry_battery_type',
  );
});
