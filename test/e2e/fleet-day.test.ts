import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Customer } from '#dev/shard-api/fleet/fleet.ts';
import { quarantinedObjects } from '#shared/ledger/objects.ts';
import {
  bronzeEvaluations,
  putResults,
  type ResultFile,
  resultFiles,
} from '#test/support/fleet-by-hand/evaluations.ts';
import {
  bronzeAggregates,
  bronzeHierarchy,
  bronzeRegistry,
  bronzeStates,
  type Snapshot,
} from '#test/support/fleet-by-hand/expected-bronze.ts';
import {
  type BatteryFacts,
  goldBatteries,
  goldFigures,
  newestDays,
} from '#test/support/fleet-by-hand/expected-customers.ts';
import { goldDays, goldWeek, readSeeds } from '#test/support/fleet-by-hand/expected-gold.ts';
import { goldOverview, goldStatus, OF_A_RUN } from '#test/support/fleet-by-hand/expected-overview.ts';
import {
  silverAggregates,
  silverDays,
  silverEvaluations,
  silverHierarchy,
  silverRegistry,
} from '#test/support/fleet-by-hand/expected-silver.ts';
import {
  compareRows,
  dayOf,
  OF_THE_ENGINE,
  type Row,
  readRows,
  theSame,
} from '#test/support/fleet-by-hand/read-rows.ts';
import { type FleetDays, startFleetDays } from '#test/support/fleet-days.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BROKEN_KEY = 'evaluations/broken.json';
let days: FleetDays;
/** None where there is no server for a bucket. */
let files: readonly ResultFile[] = [];
let bucketPrefix = '';

beforeAll(async () => {
  // Two tries of a task: what is given up here would not come with more.
  const environment = { PENSTOCK_MAX_TASK_ATTEMPTS: '2' };
  days = await startFleetDays({ customers: 10, devices: 160 }, { environment });
  const { evaluationsUrl } = days.platform;
  if (evaluationsUrl === undefined) return;
  files = resultFiles(days.truth, dayOf(days.dayMs - DAY_MS));
  bucketPrefix = await putResults(evaluationsUrl, files, BROKEN_KEY);
}, 120_000);
afterAll(() => days?.stop());

const snapshotAt = (atMs: number): Snapshot => ({ atMs, stateOf: (place) => days.truth.state(place, atMs) });

async function expectRows(
  relation: string,
  expected: readonly Row[],
  without?: readonly string[],
): Promise<void> {
  const found = await readRows(days.platform.warehouseUrl, relation, without);
  expect({ relation, ...compareRows(found, expected) }).toEqual({ relation, ...theSame(expected) });
}

const factsOf = (gold: readonly Row[]): BatteryFacts => ({
  asOf: dayOf(days.dayMs),
  registryMs: days.dayMs - MINUTE_MS,
  newest: newestDays(gold),
  evaluations: new Map(files.flatMap(({ results }) => results.map((result) => [result.deviceId, result]))),
});

test('every schedule of a day comes due and succeeds', async () => {
  for (const [schedule, time] of [
    ['twelve_hourly_elt', '00:00'],
    ['battery_registry', '02:30'],
    ['daily_aggregates_elt', '03:00'],
    ['twelve_hourly_elt', '12:00'],
  ] as const) {
    const { run, tasks } = await days.comesDue(schedule, time);
    const failed = tasks.filter(({ status }) => status === 'failed').map(({ error }) => error);
    const incomplete = run.manifest?.['incomplete'];
    expect({ schedule, time, status: run.status, failed, incomplete }).toEqual({
      ...{ schedule, time, status: 'succeeded', failed: [], incomplete: [] },
    });
  }
});

test('evaluations come from objects of every format; a broken one is named and stops no other', async (context) => {
  if (files.length === 0) return context.skip('needs versitygw');
  const { run } = await days.comesDue('battery_algorithm_eval_results', '02:15');
  expect({ status: run.status, incomplete: run.manifest?.['incomplete'] }).toMatchObject({
    status: 'partial',
    incomplete: [{ stream: 'battery_evaluations', reason: '1 object(s) in quarantine' }],
  });
  const broken = await quarantinedObjects(days.services.ledger, 'fleet');
  expect(broken).toMatchObject([{ key: `${bucketPrefix}${BROKEN_KEY}`, reason: { code: 'OBJECT_BROKEN' } }]);
  const expected = bronzeEvaluations(files, bucketPrefix);
  await expectRows('fleet_bronze.battery_evaluations', expected, [...OF_THE_ENGINE, '_cursor']);
});

test('bronze holds what the shards and the battery database said, and nothing else', async () => {
  const { truth, dayMs } = days;
  const noon = dayMs + 12 * HOUR_MS;
  await expectRows('fleet_bronze.device_states', bronzeStates(truth, [dayMs, noon].map(snapshotAt)));
  await expectRows('fleet_bronze.hierarchy', bronzeHierarchy(truth, noon));
  await expectRows(
    'fleet_bronze.daily_aggregates',
    bronzeAggregates(truth, dayOf(dayMs - 1), () => 'coarse'),
  );
  await expectRows('fleet_bronze.battery_registry', bronzeRegistry(truth.fleet, dayMs - MINUTE_MS));
});

test('silver types it, and tells what happened between the two snapshots', async () => {
  const { truth, dayMs } = days;
  const noon = dayMs + 12 * HOUR_MS;
  const expected = silverDays(truth, [dayMs, noon].map(snapshotAt));
  const count = (column: string): number => expected.filter((row) => row[column]).length;
  // Else it would not show that signals are computed.
  expect(count('had_reset_since_previous_query')).toBeGreaterThan(0);
  expect(count('calibrations_since_previous_query')).toBeGreaterThan(0);
  await expectRows('fleet_silver.stg_last_updates_per_day', expected);
  await expectRows('fleet_silver.stg_hierarchy', silverHierarchy(truth, noon));
  await expectRows('fleet_silver.stg_daily_aggregates', silverAggregates(truth, dayOf(dayMs - 1)));
  await expectRows('fleet_silver.stg_battery_registry', silverRegistry(truth.fleet, dayMs - MINUTE_MS));
  await expectRows('fleet_silver.stg_battery_evaluations', silverEvaluations(files, bucketPrefix));
});

test('gold joins, counts and judges it', async () => {
  const { truth, dayMs } = days;
  const silver = silverDays(truth, [dayMs, dayMs + 12 * HOUR_MS].map(snapshotAt));
  const gold = goldDays(silver, await readSeeds());
  await expectRows('fleet_gold.last_updates_per_day', gold);
  await expectRows('fleet_gold.devices_offline_per_firmware_week', goldWeek(gold, dayOf(dayMs - DAY_MS)));
  const facts = factsOf(gold);
  const batteries = goldBatteries(truth, facts);
  await expectRows('fleet_gold.battery_health', batteries);
  await expectRows('fleet_gold.customer_figures', goldFigures(truth, facts, batteries));
  await expectRows('fleet_gold.device_anomalies', []);
});

const OFF_FOR_MS = 6 * HOUR_MS;

/** The next midnight: one customer's devices are all off since the evening, another customer does not answer. */
const secondNight = (off: Customer, lost: Customer): Snapshot => {
  const atMs = days.dayMs + DAY_MS;
  return {
    atMs,
    stateOf: (place) => {
      if (place.customer === lost) return undefined;
      return days.truth.state(place, atMs, place.customer === off ? atMs - OFF_FOR_MS : null);
    },
  };
};

/** Customers of more than a device or two, of different shards. */
function twoCustomers(): { off: Customer; lost: Customer } {
  const [off, lost] = days.truth.fleet.customers.filter(({ size }) => size > 5);
  if (off === undefined || lost === undefined) throw new Error('there are such customers');
  return { off, lost };
}

test('a customer whose devices are all off is told apart from one that was not reached', async () => {
  const { truth, dayMs, platform } = days;
  const { off, lost } = twoCustomers();
  await platform.fleet.shardApi.scenario.set({
    faults: [
      { kind: 'devices-off', customers: [off.id], forMs: OFF_FOR_MS },
      { kind: 'server-error', customers: [lost.id], endpoints: ['states'] },
    ],
  });
  const { run } = await days.comesDue('twelve_hourly_elt', '00:00', 1);
  const lostSlice = { stream: 'device_states', slice: `${lost.shard}/${lost.id}` };
  expect(run.status).toBe('partial');
  expect(run.manifest?.['incomplete']).toMatchObject([lostSlice]);
  const snapshots = [...[dayMs, dayMs + 12 * HOUR_MS].map(snapshotAt), secondNight(off, lost)];
  const gold = goldDays(silverDays(truth, snapshots), await readSeeds());
  await expectRows('fleet_gold.last_updates_per_day', gold);
  const facts = { ...factsOf(gold), asOf: dayOf(dayMs + DAY_MS) };
  const statuses = goldStatus(truth, {
    snapshots,
    aggregatesOf: dayOf(dayMs - DAY_MS),
    hasEvaluations: files.length > 0,
  });
  await expectRows('fleet_gold.slice_status', statuses, OF_A_RUN);
  const overview = goldOverview(goldFigures(truth, facts, goldBatteries(truth, facts)), statuses);
  const ofTwo = (column: string) =>
    [off, lost].map(({ id }) => overview.find((row) => row['customer_id'] === id)?.[column]);
  expect(ofTwo('situation')).toEqual(['all off', 'not reached']);
  await expectRows('fleet_gold.customer_overview', overview, ['last_success_at', 'slice_reason']);
});
