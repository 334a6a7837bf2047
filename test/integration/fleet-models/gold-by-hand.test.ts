import { afterAll, beforeAll, expect, test } from 'vitest';
import { textTable } from '#test/support/text-table.ts';
import {
  deviceId,
  type Fleet,
  listed,
  mergeNothing,
  type StateInput,
  startFleet,
  state,
  troubles,
} from './fleet-fixture.ts';

const AS_OF = '2026-03-31';
const noon = (day: string): string => `${day}T12:00:00Z`;

/** Customer 1: one device goes off line on the 24th, another on the 27th with a newer version. 9: off line as long as anybody knows. */
const STATES: readonly StateInput[] = [
  { device: 1, customer: 1, at: noon('2026-03-22') },
  { device: 1, customer: 1, at: noon('2026-03-24'), online: false },
  {
    device: 1,
    customer: 1,
    at: noon('2026-03-30'),
    online: false,
    percent: 50,
    lastSeen: noon('2026-03-23'),
  },
  { device: 2, customer: 1, at: noon('2026-03-24') },
  { device: 2, customer: 1, at: noon('2026-03-27'), online: false, embedded: '3.6.1' },
  { device: 2, customer: 1, at: noon('2026-03-30'), embedded: '3.6.1', percent: 98, ratio: 0.5 },
  {
    device: 3,
    customer: 9,
    at: noon('2026-03-25'),
    online: false,
    embedded: '9.9.9',
    hardware: 'C1',
    percent: null,
  },
  {
    device: 3,
    customer: 9,
    at: noon('2026-03-30'),
    online: false,
    embedded: '9.9.9',
    hardware: 'C1',
    percent: null,
    lastSeen: null,
  },
  // Data collection of customer 3 began on the 15th of January.
  { device: 4, customer: 3, at: noon('2026-01-10') },
  { device: 4, customer: 3, at: noon('2026-01-20'), online: false },
  { device: 6, customer: 6, at: noon('2026-03-30'), percent: 19 },
];

/** Customer 8: ten of A1 that do nothing, and four that do. Each restart of 21 and 22 lies between two noons. */
const ANOMALOUS: readonly StateInput[] = [
  ...[11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((device) => ({ device, at: noon('2026-03-30') })),
  ...[27, 28, 29, 30].map((day, at) => ({ device: 21, at: noon(`2026-03-${day}`), uptime: 900 - at })),
  ...[28, 29, 30].map((day, at) => ({ device: 22, at: noon(`2026-03-${day}`), uptime: 900 - at })),
  { device: 24, at: noon('2026-03-29'), calibrations: 7 },
  { device: 24, at: noon('2026-03-30'), calibrations: 2 },
].map((one) => ({ ...one, customer: 8, hardware: 'A1' }));
const ALONE: readonly StateInput[] = [
  { device: 23, customer: 8, at: noon('2026-03-29'), hardware: 'C2' },
  { device: 23, customer: 8, at: noon('2026-03-30'), hardware: 'C2', calibrations: 5 },
];

const HIERARCHY = [
  ...[1, 2].map((device) => listed(device, 1, noon('2026-03-30'))),
  // Was listed a day before the newest listing of its customer: it is gone.
  listed(5, 1, noon('2026-03-29')),
  listed(3, 9, noon('2026-03-30')),
  listed(4, 3, noon('2026-03-30')),
];

const battery = (id: number, device: number, installed: string, replaced: string | null = null) => ({
  battery_id: id,
  device_id: deviceId(device),
  battery_type: 'AA lithium',
  installed_on: installed,
  replaced_on: replaced,
  updated_at: '2026-03-30T00:00:00Z',
});
const BATTERIES = [
  battery(10, 1, '2025-12-31'),
  battery(20, 2, '2025-01-01', '2026-03-25'),
  battery(21, 2, '2026-03-25'),
  battery(31, 3, '2025-06-01'),
  battery(32, 3, '2026-01-30'),
  battery(60, 6, '2026-03-01', '2026-02-01'),
];
const evaluation = (device: number, on: string, health: string, days: number | null) => ({
  device_id: deviceId(device),
  evaluated_on: on,
  model_version: 'v7',
  health,
  days_remaining: days,
  object_key: 'evaluations/2026/a.json',
});
const EVALUATIONS = [
  evaluation(1, '2026-03-13', '0.9000', 300),
  evaluation(1, '2026-03-20', '0.4000', 40),
  evaluation(2, '2026-03-20', '0.0100', 1),
  evaluation(3, '2026-03-20', '0.8000', null),
  evaluation(4, '2026-04-05', '0.5000', 10),
];

/** As the engine writes it. */
const STATUSES = `
  slice      | status     | reason           | last_success_at     | expected | answered | newest_event_at
  s1/c-00001 | fresh      | -                | 2026-03-31 00:05+00 | 2        | 2        | 2026-03-30 12:00+00
  s1/c-00005 | fresh      | -                | 2026-03-31 00:05+00 | 0        | 0        | -
  s1/c-00006 | stale      | "the shard is down" | 2026-03-30 12:05+00 | 1     | 0        | 2026-03-30 12:00+00
  s2/c-00007 | missing    | "the shard is down" | -                | 4        | 0        | -
  s1/c-00008 | incomplete | "3 devices did not answer" | 2026-03-30 00:05+00 | 17 | 14   | 2026-03-30 12:00+00
  s1/c-00009 | fresh      | -                | 2026-03-31 00:05+00 | 1        | 1        | -`;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  await fleet.merge('device_states', [...STATES, ...ANOMALOUS, ...ALONE].map(state));
  await fleet.merge('hierarchy', HIERARCHY);
  await fleet.merge('battery_registry', BATTERIES);
  await fleet.merge('battery_evaluations', EVALUATIONS);
  await mergeNothing(fleet, 'device_states', 'hierarchy', 'battery_registry', 'battery_evaluations');
  for (const row of textTable(STATUSES)) {
    await fleet.pool.query(
      `insert into penstock.penstock_slice_status values ('fleet', 'device_states', split_part($1, '/', 1), $1, 'run', $2, $3, $4, $5, $6, $7, now())`,
      Object.values(row),
    );
  }
  await fleet.pool.query(
    `insert into penstock.penstock_slice_status (pipeline, stream, slice, status) values ('other', 'device_states', 's1/c-00001', 'missing')`,
  );
  expect(troubles(await fleet.build(AS_OF))).toEqual([]);
});
afterAll(() => fleet.stop());

/**
 * 3.5.2 came to B2 on 7 February 2026, a week after its release on 31 January; 3.6.1 on 24 March. 24 March is 45 days after
 * 7 February, 20 January 18 before it. Nobody deployed 9.9.9.
 */
test('every device-day, its deployment, and whether it counts', async () => {
  expect(
    await fleet.rows(`select device_id, queried_date, online, embedded_version, firmware_ring as ring, firmware_is_known as known,
      days_since_deployment as days, went_offline_since_previous_query as went_off, counts, battery_percent as percent
      from fleet_gold.last_updates_per_day where customer_id <> 'c-00008' order by 1, 2`),
  ).toEqual(
    textTable(`
    device_id | queried_date | online | embedded_version | ring    | known | days | went_off | counts | percent
    d-0000001 | 2026-03-22   | t      | 3.5.2            | general | t     | 43   | f        | t      | 80
    d-0000001 | 2026-03-24   | f      | 3.5.2            | general | t     | 45   | t        | t      | 80
    d-0000001 | 2026-03-30   | f      | 3.5.2            | general | t     | 51   | f        | t      | 50
    d-0000002 | 2026-03-24   | t      | 3.5.2            | general | t     | 45   | f        | t      | 80
    d-0000002 | 2026-03-27   | f      | 3.6.1            | general | t     | 3    | t        | t      | 80
    d-0000002 | 2026-03-30   | t      | 3.6.1            | general | t     | 6    | f        | t      | 98
    d-0000003 | 2026-03-25   | f      | 9.9.9            | -       | f     | -    | f        | t      | -
    d-0000003 | 2026-03-30   | f      | 9.9.9            | -       | f     | -    | f        | t      | -
    d-0000004 | 2026-01-10   | t      | 3.5.2            | general | t     | -28  | f        | f      | 80
    d-0000004 | 2026-01-20   | f      | 3.5.2            | general | t     | -18  | t        | t      | 80
    d-0000006 | 2026-03-30   | t      | 3.5.2            | general | t     | 51   | f        | t      | 19`),
  );
});

test('how many devices went off line per firmware version, by week; last week is one select', async () => {
  const weeks =
    await fleet.rows(`select week_start, embedded_version, devices, devices_went_offline as went_off,
    devices_off_throughout as off, device_days, offline_device_days as off_days, first_date, last_date
    from fleet_gold.devices_offline_per_firmware_week where week_start < '2026-03-23' order by 1, 2`);
  expect(weeks).toEqual(
    textTable(`
    week_start | embedded_version | devices | went_off | off | device_days | off_days | first_date | last_date
    2026-01-19 | 3.5.2            | 1       | 1        | 1   | 1           | 1        | 2026-01-20 | 2026-01-20
    2026-03-16 | 3.5.2            | 1       | 0        | 0   | 1           | 0        | 2026-03-22 | 2026-03-22`),
  );
  // Of 3.5.2: 1 and 2, and four of customer 8 (21 to 24). A version a device left counts the days it ran.
  expect(
    await fleet.rows(`select embedded_version, devices, devices_went_offline, devices_off_throughout as off, went_offline_share
      from fleet_gold.devices_offline_per_firmware_week where week_start = date_trunc('week', date '${AS_OF}')::date - 7 order by 1`),
  ).toEqual(
    textTable(`
    embedded_version | devices | devices_went_offline | off | went_offline_share
    3.5.2            | 6       | 1                    | 1   | 0.1667
    3.6.1            | 1       | 1                    | 1   | 1.0000
    9.9.9            | 1       | 0                    | 1   | 0.0000`),
  );
});

/**
 * Of the 13 of A1, beside 21 stand twelve with 2 restarts between them: mean 2/12 = 0.1667, of squares 4/12, deviation
 * √(0.3333 − 0.0278) = 0.5528, bound 0.1667 + 1.6583 = 1.8250. 22 has two restarts, too few to look at. 23 is alone of its hardware.
 */
test('who stands out by restarts and calibrations', async () => {
  expect(
    await fleet.rows(
      'select device_id, kind, hardware_version, observed, other_devices, others_mean, others_bound from fleet_gold.device_anomalies order by 1, 2',
    ),
  ).toEqual(
    textTable(`
    device_id | kind                   | hardware_version | observed | other_devices | others_mean | others_bound
    d-0000021 | reset                  | A1               | 3        | 12            | 0.1667      | 1.8250
    d-0000023 | calibration            | C2               | 5        | 0             | -           | 0.0000
    d-0000024 | calibration_total_fell | A1               | 1        | 12            | 0.0000      | -`),
  );
});

/**
 * 1: in use 90 days with half left, so 90 more; evaluated to be empty on 29 April, 29 days away: they disagree. 2: the evaluation is of
 * the batteries before; 2% used says nothing. 3: of two sets in use the later counts; no charge, no days. 4: evaluated in the future.
 */
test('batteries: what was measured against what was evaluated', async () => {
  expect(
    await fleet.rows(`select device_id, battery_id, battery_age_days as age, measured_on, battery_percent as percent, evaluated_on,
      evaluation_holds as holds, evaluated_health as health, days_remaining_evaluated as evaluated, days_remaining_by_use as by_use,
      disagrees, is_due from fleet_gold.battery_health order by 1`),
  ).toEqual(
    textTable(`
    device_id | battery_id | age | measured_on | percent | evaluated_on | holds | health | evaluated | by_use | disagrees | is_due
    d-0000001 | 10         | 90  | 2026-03-30  | 50      | 2026-03-20   | t     | 0.4000 | 29        | 90     | t         | t
    d-0000002 | 21         | 6   | 2026-03-30  | 98      | 2026-03-20   | f     | -      | -         | -      | f         | f
    d-0000003 | 32         | 60  | -           | -       | 2026-03-20   | t     | 0.8000 | -         | -      | f         | f
    d-0000004 | -          | -   | -           | -       | -            | f     | -      | -         | -      | f         | f`),
  );
  expect(
    await fleet.rows(
      'select battery_id, is_in_use as used, dq_in_use_twice as twice, dq_replaced_before_installed as odd from fleet_silver.stg_battery_registry order by 1',
    ),
  ).toEqual(
    textTable(`
    battery_id | used | twice | odd
    10         | t    | f     | f
    20         | f    | f     | f
    21         | t    | f     | f
    31         | f    | t     | f
    32         | t    | f     | f
    60         | f    | f     | t`),
  );
});

test('a customer whose devices are all off is told apart from one that was not reached', async () => {
  expect(
    await fleet.rows(`select customer_id, situation, devices_listed as listed, devices_seen as seen, devices_online as "on", devices_offline as off,
      devices_expected as expected, devices_answered as answered, newest_last_seen, devices_low_battery as low, batteries_due as due,
      devices_with_anomaly as odd from fleet_gold.customer_overview order by 1`),
  ).toEqual(
    textTable(`
    customer_id | situation      | listed | seen | on | off | expected | answered | newest_last_seen       | low | due | odd
    c-00001     | reached        | 2      | 2    | 1  | 1   | 2        | 2        | 2026-03-30 12:00:00+00 | 0   | 1   | 0
    c-00003     | not planned    | 1      | 0    | 0  | 0   | -        | -        | -                      | 0   | 0   | 0
    c-00005     | no devices     | -      | -    | -  | -   | 0        | 0        | -                      | -   | -   | -
    c-00006     | not reached    | 0      | 1    | 1  | 0   | 1        | 0        | 2026-03-30 12:00:00+00 | 1   | 0   | 0
    c-00007     | not reached    | -      | -    | -  | -   | 4        | 0        | -                      | -   | -   | -
    c-00008     | partly reached | 0      | 14   | 14 | 0   | 17       | 14       | 2026-03-30 12:00:00+00 | 0   | 0   | 3
    c-00009     | all off        | 1      | 1    | 0  | 1   | 1        | 1        | -                      | 0   | 0   | 0`),
  );
  // The view follows the engine without a build.
  await fleet.pool.query(
    `update penstock.penstock_slice_status set status = 'stale' where slice = 's1/c-00009'`,
  );
  expect(
    await fleet.rows(`select situation from fleet_gold.customer_overview where customer_id = 'c-00009'`),
  ).toEqual([{ situation: 'not reached' }]);
});

test('a thermostat that is listed no more is not current; figures of a day that is over do not change with the next', async () => {
  expect(await fleet.rows('select device_id from fleet_silver.stg_hierarchy where not is_current')).toEqual([
    { device_id: deviceId(5) },
  ]);
  const figures = 'select * from fleet_gold.devices_offline_per_firmware_week order by 1, 2';
  const before = await fleet.rows(figures);
  const built = await fleet.build('2026-04-07');
  expect(troubles(built)).toEqual([]);
  expect(await fleet.rows(figures)).toEqual(before);
  // Seven days on nobody has been seen: nothing stands out any more, and nobody is seen.
  expect(await fleet.rows('select count(*) as n from fleet_gold.device_anomalies')).toEqual([{ n: '0' }]);
  expect(
    await fleet.rows(
      'select sum(devices_seen) as n, sum(devices_listed) as l from fleet_gold.customer_figures',
    ),
  ).toEqual([{ n: '0', l: '4' }]);
});

test('every column of every model is documented, and nothing else is', async () => {
  const documented = [...fleet.project.graph.models.values()].flatMap(({ relation, columns }) =>
    columns
      .filter(({ description }) => description !== '')
      .map(({ name }) => `${relation.schema}.${relation.name}.${name}`),
  );
  const built = await fleet.rows(
    `select n.nspname || '.' || c.relname || '.' || a.attname as name from pg_attribute a
     join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('fleet_bronze', 'fleet_silver', 'fleet_gold', 'fleet_seeds') and c.relkind in ('r', 'p', 'v')
       and not c.relispartition and c.relname !~ '__unlogged$' and a.attnum > 0`,
  );
  expect(documented.toSorted()).toEqual(built.map(({ name }) => name).toSorted());
});
