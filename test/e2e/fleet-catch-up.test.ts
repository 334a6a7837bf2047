import { afterAll, beforeAll, expect, test } from 'vitest';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { bronzeAggregates } from '#test/support/fleet-by-hand/expected-bronze.ts';
import { compareRows, dayOf, type Row, readRows, theSame } from '#test/support/fleet-by-hand/read-rows.ts';
import type { Place } from '#test/support/fleet-by-hand/truth.ts';
import { type FleetDays, startFleetDays } from '#test/support/fleet-days.ts';

const DAY_MS = 86_400_000;
const OTHERS = ['twelve_hourly_elt', 'battery_registry', 'battery_algorithm_eval_results'];
/** After the end of the day they are of. */
const LATE_HOURS = 30;
let days: FleetDays;

beforeAll(async () => {
  days = await startFleetDays({ sizes: [14, 6, 3, 2, 5] }, { paused: OTHERS });
  await days.platform.fleet.shardApi.scenario.set({
    faults: [{ kind: 'late-aggregates', hours: LATE_HOURS, share: 1, devices: lateDevices() }],
  });
}, 120_000);
afterAll(() => days?.stop());

/** Every third one. */
const isLate = ({ device }: Place): boolean => device % 3 === 0;
const lateDevices = (): string[] => days.truth.places.filter(isLate).map(({ deviceId }) => deviceId);

/** `YYYY-MM-DD` of a day counted from the first. */
const day = (index: number): string => dayOf(days.dayMs + index * DAY_MS);
const whole = (index: number): Row[] => bronzeAggregates(days.truth, day(index), () => 'coarse');
const withoutLate = (index: number): Row[] =>
  bronzeAggregates(days.truth, day(index), (place) => (isLate(place) ? undefined : 'coarse'));

async function expectAggregates(expected: readonly Row[]): Promise<void> {
  const found = await readRows(days.platform.warehouseUrl, 'fleet_bronze.daily_aggregates');
  expect(compareRows(found, expected)).toEqual(theSame(expected));
}

const count = async (relation: string): Promise<number> =>
  (await readRows(days.platform.warehouseUrl, relation)).length;

test('on a fresh platform the daily schedule may come first: every table is there, those of other streams empty', async () => {
  const { run } = await days.comesDue('daily_aggregates_elt', '03:00');
  expect({ status: run.status, models: withheld(run.manifest) }).toEqual({ status: 'succeeded', models: [] });
  await expectAggregates(withoutLate(-1));
  expect(await count('fleet_silver.stg_daily_aggregates')).toBe(withoutLate(-1).length);
  for (const table of ['last_updates_per_day', 'customer_overview', 'battery_health', 'device_anomalies']) {
    expect([table, await count(`fleet_gold.${table}`)]).toEqual([table, 0]);
  }
});

const withheld = (manifest: Row | null): unknown[] =>
  ((manifest?.['models'] ?? []) as { status: string }[]).filter(({ status }) => status === 'failed');

test('a day that was missed is fetched with the next, and what was late by then is asked for again', async () => {
  const { run } = await days.comesDue('daily_aggregates_elt', '03:00', 2);
  expect(run.status).toBe('succeeded');
  // The first day is whole now, and the one before it comes with it; the last two have ended less than 30 hours ago.
  await expectAggregates([...whole(-2), ...whole(-1), ...withoutLate(0), ...withoutLate(1)]);
  const [customer] = days.truth.fleet.customers;
  const slice = `${customer?.shard}/${customer?.id}`;
  const watermark = await getWatermark(days.services.ledger, 'fleet', 'daily_aggregates', slice);
  expect(watermark?.cursor).toBe(BigInt(days.dayMs + 2 * DAY_MS) * 1_000n);
});

test('each further run brings what has come in since, and asks for nothing older', async () => {
  const { counters } = days.platform.fleet.shardApi;
  const before = counters.total({ endpoint: 'aggregates' });
  const { run } = await days.comesDue('daily_aggregates_elt', '03:00', 3);
  expect(run.status).toBe('succeeded');
  await expectAggregates([...whole(-2), ...whole(-1), ...whole(0), ...withoutLate(1), ...withoutLate(2)]);
  // Two late days and the new one, a call each a customer.
  expect(counters.total({ endpoint: 'aggregates' }) - before).toBe(3 * days.truth.fleet.customers.length);
});
