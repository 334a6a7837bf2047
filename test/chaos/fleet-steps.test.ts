import { afterAll, beforeAll, expect, test } from 'vitest';
import { bronzeHierarchy, bronzeStates, type Snapshot } from '#test/support/fleet-by-hand/expected-bronze.ts';
import { goldDays, readSeeds } from '#test/support/fleet-by-hand/expected-gold.ts';
import { silverDays } from '#test/support/fleet-by-hand/expected-silver.ts';
import {
  compareRows,
  OF_THE_ENGINE,
  type Row,
  readRows,
  theSame,
} from '#test/support/fleet-by-hand/read-rows.ts';
import { FleetTruth } from '#test/support/fleet-by-hand/truth.ts';
import { type FleetPlatform, startFleetPlatform } from '#test/support/fleet-platform.ts';
import { MortalServices } from '#test/support/mortal-services.ts';
import { startServices } from '#test/support/running-services.ts';
import type { ServiceName } from '#test/support/service-process.ts';
import { recentTuesdayMs } from '#test/support/test-clock.ts';

const CLOSE_MS = 150_000;
/** A death costs at least these; there are many. */
const QUICK_DEATHS = { PENSTOCK_LEASE_MS: '800', PENSTOCK_QUEUE_LOCK_MS: '600' };
/** When a device was asked: the machine's clock goes on while services die and come back. */
const OF_READING = ['queried_at', 'first_queried_at', 'previous_queried_at', '_cursor'];
const noonMs = recentTuesdayMs() + 43_200_000;
/** Noon stands still for the shards, so that states are the same in every snapshot. */
const offsetMs = noonMs - Date.now();
const snapshots: Snapshot[] = [];
let platform: FleetPlatform;
let truth: FleetTruth;

beforeAll(async () => {
  const shards = { sizes: [9, 6, 4, 3, 5, 2], removedShare: 0, clock: () => noonMs };
  platform = await startFleetPlatform(shards, { environment: QUICK_DEATHS });
  truth = new FleetTruth(platform.fleet.shardApi.fleet);
}, 120_000);
afterAll(() => platform?.stop());

const ofStates = (kind: string, steps: readonly string[]): string[] =>
  steps.map((step) => `${kind}.${step}:device_states`);

/** Every step that the states of devices pass, by the service that dies there. */
const DEATHS: readonly (readonly [string, Partial<Record<ServiceName, readonly string[]>>])[] = [
  [
    'planned, read and loaded',
    {
      scheduler: ['plan.tasks-inserted', 'plan.tasks-marked:discover', 'plan.tasks-marked:extract'],
      extractor: ofStates('extract', ['slice-read', 'window-opened', 'file-written', 'file-recorded']),
      loader: ofStates('load', ['started', 'mid-load', 'loaded', 'file-moved', 'archived']),
    },
  ],
  [
    'merged, built and closed',
    {
      scheduler: ['plan.tasks-marked:models', 'plan.before-close'],
      transformer: [
        ...ofStates('merge', ['started', 'tested', 'committed', 'before-watermark', 'after-watermark']),
        ...['models.built', 'models.tested', 'models.published'],
      ],
    },
  ],
];

test.each(DEATHS)(
  'a snapshot is %s though services die at every step: each row is there once',
  // A second try would ask for the same run.
  { retry: 0, timeout: 200_000 },
  async (_, deaths) => {
    const mortal = Object.keys(deaths) as ServiceName[];
    const now = (): Date => new Date(Date.now() + offsetMs);
    const services = await startServices(platform, undefined, mortal, { now });
    const dying = new MortalServices(platform, { services: mortal, deaths, clockOffsetMs: offsetMs });
    try {
      const runId = await services.ask({
        pipeline: 'fleet',
        streams: ['device_states', 'hierarchy'],
        logicalTime: new Date(noonMs + snapshots.length),
        asOf: new Date(noonMs).toISOString().slice(0, 10),
      });
      const { run } = await services.closed(runId, CLOSE_MS);
      expect({ status: run.status, failed: dying.failed, killed: dying.killed.toSorted() }).toEqual({
        status: 'succeeded',
        failed: [],
        killed: Object.values(deaths).flat().toSorted(),
      });
    } finally {
      await dying.stop();
      await services.stop();
    }
    snapshots.push({ atMs: noonMs, stateOf: (place) => truth.state(place, noonMs) });
    await expectRows('fleet_bronze.device_states', bronzeStates(truth, snapshots));
    await expectRows('fleet_bronze.hierarchy', bronzeHierarchy(truth, noonMs));
    const days = silverDays(truth, snapshots);
    await expectRows('fleet_silver.stg_last_updates_per_day', days);
    await expectRows('fleet_gold.last_updates_per_day', goldDays(days, await readSeeds()));
  },
);

async function expectRows(relation: string, expected: readonly Row[]): Promise<void> {
  const found = await readRows(platform.warehouseUrl, relation, [...OF_THE_ENGINE, ...OF_READING]);
  const comparable = expected.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !OF_READING.includes(name))),
  );
  expect({ relation, ...compareRows(found, comparable) }).toEqual({ relation, ...theSame(comparable) });
}
