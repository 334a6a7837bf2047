import { beforeAll, expect, test } from 'vitest';
import type { ScenarioInput } from '#dev/shard-api/scenario/scenario.ts';
import { quarantinedObjects } from '#shared/ledger/objects.ts';
import { putResults, resultFiles } from '#test/support/fleet-by-hand/evaluations.ts';
import { OF_A_RUN } from '#test/support/fleet-by-hand/expected-overview.ts';
import {
  compareRows,
  dayOf,
  OF_THE_ENGINE,
  type Row,
  readRows,
  theSame,
} from '#test/support/fleet-by-hand/read-rows.ts';
import { type FleetDays, startFleetDays } from '#test/support/fleet-days.ts';
import { MortalServices } from '#test/support/mortal-services.ts';
import { RandomKiller } from '#test/support/random-killer.ts';
import type { ClosedRun } from '#test/support/running-services.ts';
import { s3Available, testS3 } from '#test/support/s3.ts';
import { seededRandom } from '#test/support/seeded-random.ts';
import type { ServiceName } from '#test/support/service-process.ts';

const DAY_MS = 86_400_000;
const CLOSE_MS = 120_000;
const WORKERS: readonly ServiceName[] = ['extractor', 'loader', 'transformer'];
/** Deaths between two durable effects, milliseconds that chance hardly meets; they come first, and chance goes on. */
const BETWEEN_EFFECTS: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  extractor: ['extract.file-recorded', 'extract.file-written', 'extract.file-recorded'],
  loader: ['load.archived', 'load.file-moved'],
  transformer: ['merge.committed', 'models.built', 'models.published'],
};
const SHARDS = { sizes: [24, 12, 8, 5, 3, 9] };
const SNAPSHOTS = 'twelve_hourly_elt';
const EVALUATIONS = 'battery_algorithm_eval_results';
const BROKEN_KEY = 'evaluations/broken.json';
/** What comes due in a day of the fleet. */
const SCHEDULES: readonly (readonly [string, string])[] = [
  [SNAPSHOTS, '00:00'],
  [EVALUATIONS, '02:15'],
  ['battery_registry', '02:30'],
  ['daily_aggregates_elt', '03:00'],
  [SNAPSHOTS, '12:00'],
];
/** An API on a bad day; everything comes in the end. */
const BAD_DAY: ScenarioInput = {
  faults: [
    { kind: 'latency', ms: 20, jitterMs: 80, rate: 0.3 },
    { kind: 'server-error', burst: { failing: 2, passing: 40 } },
    { kind: 'reset', rate: 0.02 },
    { kind: 'truncated', rate: 0.02 },
    { kind: 'malformed', rate: 0.01 },
    { kind: 'expired-token', rate: 0.01 },
    { kind: 'incomplete', share: 0.2 },
  ],
};
/** A worker stamps a snapshot by its own clock, and that of a process cannot be stopped. */
const STAMPED = ['queried_at', '_cursor'];
/** Which way a row came is decided by the faults; what it says is not. */
const WAY = ['fetched_by'];
/** All that the pipeline keeps, each with the columns that differ from day to day by nature. */
const RELATIONS: Readonly<Record<string, readonly string[]>> = {
  'fleet_bronze.device_states': STAMPED,
  'fleet_bronze.hierarchy': STAMPED,
  'fleet_bronze.daily_aggregates': WAY,
  'fleet_bronze.battery_evaluations': [],
  'fleet_bronze.battery_registry': [],
  'fleet_silver.stg_last_updates_per_day': ['queried_at', 'first_queried_at', 'previous_queried_at'],
  'fleet_silver.stg_hierarchy': ['listed_at'],
  'fleet_silver.stg_daily_aggregates': WAY,
  'fleet_silver.stg_battery_evaluations': [],
  'fleet_silver.stg_battery_registry': [],
  'fleet_gold.last_updates_per_day': ['queried_at', 'previous_queried_at'],
  'fleet_gold.devices_offline_per_firmware_week': [],
  'fleet_gold.battery_health': [],
  'fleet_gold.device_anomalies': [],
  'fleet_gold.customer_figures': ['newest_snapshot_at'],
  'fleet_gold.slice_status': OF_A_RUN,
  'fleet_gold.customer_overview': ['newest_snapshot_at', 'last_success_at'],
};

/** How a run ended. */
interface Ending {
  readonly schedule: string;
  readonly time: string;
  readonly status: string;
  readonly incomplete: unknown;
}

/** What a day leaves. */
interface DayLeft {
  readonly endings: readonly Ending[];
  readonly relations: ReadonlyMap<string, readonly Row[]>;
  readonly quarantined: readonly (readonly [string, unknown])[];
}

/** A day on which workers die. */
interface DayOfDeaths extends DayLeft {
  readonly killed: readonly string[];
  readonly failed: readonly string[];
  /** Leases that a dead worker left. */
  readonly lostLeases: number;
}

let undisturbed: DayLeft;
let deadly: DayOfDeaths;

beforeAll(async () => {
  const evaluationsUrl = s3Available() ? testS3() : undefined;
  undisturbed = await quietDay(evaluationsUrl);
  deadly = await dayOfDeaths(evaluationsUrl);
}, 500_000);

/** Both days read the evaluations of one bucket, so that their keys and times are the same. */
const environmentOf = (evaluationsUrl: string | undefined) =>
  evaluationsUrl === undefined ? {} : { PENSTOCK_SOURCE_EVALUATIONS_URL: evaluationsUrl };

async function quietDay(evaluationsUrl: string | undefined): Promise<DayLeft> {
  const days = await startFleetDays(SHARDS, { environment: environmentOf(evaluationsUrl) });
  try {
    if (evaluationsUrl !== undefined) {
      await putResults(evaluationsUrl, resultFiles(days.truth, dayOf(days.dayMs - DAY_MS)), BROKEN_KEY);
    }
    return await whatIsLeft(days, (schedule, time) => days.comesDue(schedule, time));
  } finally {
    await days.stop();
  }
}

async function dayOfDeaths(evaluationsUrl: string | undefined): Promise<DayOfDeaths> {
  // Faults and deaths take tries; how many is not the question here.
  const environment = { ...environmentOf(evaluationsUrl), PENSTOCK_MAX_TASK_ATTEMPTS: '40' };
  const days = await startFleetDays(SHARDS, { environment, except: WORKERS, closeMs: CLOSE_MS });
  const offsetMs = (): number => days.clock.atMs - Date.now();
  const deaths = BETWEEN_EFFECTS;
  const dying = new MortalServices(days.platform, { services: WORKERS, deaths, clockOffsetMs: offsetMs() });
  const random = seededRandom(20_261_121);
  const comesDue = async (schedule: string, time: string): Promise<ClosedRun> => {
    days.clock.atMs = Math.max(days.clock.atMs, Date.parse(`${dayOf(days.dayMs)}T${time}:00Z`) - 1);
    if (schedule === SNAPSHOTS) await dying.moveClock('extractor', offsetMs());
    const killer = new RandomKiller(dying, days.services.ledger, { mostOfEach: 1, longestMs: 1_500, random });
    return days.comesDue(schedule, time).finally(() => killer.stop());
  };
  try {
    await days.platform.fleet.shardApi.scenario.set(BAD_DAY);
    const left = await whatIsLeft(days, comesDue);
    const sql = 'SELECT sum(lost_leases)::int AS n FROM ops.tasks';
    const [lost] = await days.services.ledger.rows<{ n: number }>(sql);
    return { ...left, killed: dying.killed, failed: dying.failed, lostLeases: lost?.n ?? 0 };
  } finally {
    await dying.stop();
    await days.stop();
  }
}

/** Lets all schedules come due one after the other. */
async function whatIsLeft(
  days: FleetDays,
  comesDue: (schedule: string, time: string) => Promise<ClosedRun>,
): Promise<DayLeft> {
  const endings: Ending[] = [];
  for (const [schedule, time] of SCHEDULES) {
    if (schedule === EVALUATIONS && !s3Available()) continue;
    const { run } = await comesDue(schedule, time);
    endings.push({ schedule, time, status: run.status, incomplete: run.manifest?.['incomplete'] });
  }
  const relations = new Map<string, readonly Row[]>();
  for (const [relation, byNature] of Object.entries(RELATIONS)) {
    const without = [...OF_THE_ENGINE, ...byNature];
    relations.set(relation, await readRows(days.platform.warehouseUrl, relation, without));
  }
  const broken = await quarantinedObjects(days.services.ledger, 'fleet');
  const quarantined = broken.map(({ key, reason }) => [key, reason['code']] as const);
  return { endings, relations, quarantined };
}

test('workers die in the midst of their work, and come back', () => {
  expect(deadly.failed).toEqual([]);
  expect(new Set(deadly.killed)).toEqual(new Set([...WORKERS, ...Object.values(BETWEEN_EFFECTS).flat()]));
  expect(deadly.lostLeases).toBeGreaterThan(10);
});

test('every run ends as on a day on which nobody dies', () => {
  const complete = undisturbed.endings.filter(({ schedule }) => schedule !== EVALUATIONS);
  expect(new Set(complete.map(({ status }) => status))).toEqual(new Set(['succeeded']));
  expect(deadly.endings).toEqual(undisturbed.endings);
});

test.each(Object.keys(RELATIONS))('%s is the same, row for row', (relation) => {
  const expected = undisturbed.relations.get(relation) ?? [];
  const found = deadly.relations.get(relation) ?? [];
  // Nothing is odd in so small a fleet, and without a bucket there are no evaluations.
  if (!/anomalies|evaluations/.test(relation)) expect(expected.length).toBeGreaterThan(0);
  expect(compareRows(found, expected)).toEqual(theSame(expected));
});

test('evaluations come once from the bucket, and its broken object is named once', (context) => {
  if (!s3Available()) return context.skip('needs versitygw');
  expect(undisturbed.relations.get('fleet_silver.stg_battery_evaluations')).toHaveLength(61);
  expect(undisturbed.quarantined).toMatchObject([[expect.stringMatching(/broken\.json$/), 'OBJECT_BROKEN']]);
  expect(deadly.quarantined).toEqual(undisturbed.quarantined);
});
