import { afterEach, beforeEach, expect, test } from 'vitest';
import { textTable } from '#test/support/text-table.ts';
import {
  deviceId,
  type Fleet,
  mergeNothing,
  type StateInput,
  startFleet,
  state,
  troubles,
} from './fleet-fixture.ts';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet();
  await mergeNothing(fleet, 'device_states');
});
afterEach(() => fleet.stop());

const merge = (...states: readonly StateInput[]) => fleet.merge('device_states', states.map(state));
async function build(asOf = '2026-03-31'): Promise<void> {
  expect(troubles(await fleet.build(asOf))).toEqual([]);
}

/** Which physical row each device-day is: another one when it was written again. */
async function written(): Promise<Map<string, string>> {
  const rows = await fleet.rows(
    `select device_id || ' ' || queried_date as day, xmin::text || ctid::text as place from fleet_silver.stg_last_updates_per_day`,
  );
  return new Map(rows.map(({ day, place }) => [day ?? '', place ?? '']));
}
async function rewrittenBy(work: () => Promise<unknown>): Promise<string[]> {
  const before = await written();
  await work();
  await build();
  const after = await written();
  return [...after]
    .filter(([day, place]) => before.get(day) !== place)
    .map(([day]) => day)
    .sort();
}

const signals = (): Promise<Record<string, string | null>[]> =>
  fleet.rows(`select device_id, queried_date, uptime_s, snapshot_count as n, had_reset_since_previous_query as reset,
    calibrations_since_previous_query as calibrations, went_offline_since_previous_query as went_off
    from fleet_silver.stg_last_updates_per_day order by 1, 2`);

/** Two devices on 1, 2, 15 and, of the first, 31 March; 40 days before all a snapshot. */
async function aMonth(loadedAt?: string): Promise<void> {
  const month: StateInput[] = [
    { device: 1, at: '2026-01-20T12:00:00Z', uptime: 100, calibrations: 1 },
    { device: 1, at: '2026-03-01T12:00:00Z', uptime: 1_000, calibrations: 2 },
    { device: 1, at: '2026-03-02T12:00:00Z', uptime: 2_000, calibrations: 4 },
    { device: 1, at: '2026-03-15T12:00:00Z', uptime: 3_000, calibrations: 5 },
    { device: 1, at: '2026-03-31T00:00:00Z', uptime: 4_000, calibrations: 5 },
    { device: 2, at: '2026-03-01T12:00:00Z', uptime: 1_000, calibrations: 0 },
    { device: 2, at: '2026-03-15T12:00:00Z', uptime: 3_000, calibrations: 3 },
  ];
  await fleet.merge('device_states', month.map(state), loadedAt === undefined ? {} : { loadedAt });
  await build();
}

test('a late snapshot rebuilds its own day and the next day there is, thirteen days on; nothing else', async () => {
  await aMonth();
  // Of the evening of the 2nd: the device had restarted, had calibrated twice, and was off line.
  const late = { device: 1, at: '2026-03-02T20:00:00Z', uptime: 10, calibrations: 6, online: false };
  expect(await rewrittenBy(() => merge(late))).toEqual([
    `${deviceId(1)} 2026-03-02`,
    `${deviceId(1)} 2026-03-15`,
  ]);
  // The 2nd: 2000 → 10, 2 → 4 → 6. The 15th: 10 → 3000, a total of 5 after 6 is no calibration.
  expect(await signals()).toEqual(
    textTable(`
    device_id | queried_date | uptime_s | n | reset | calibrations | went_off
    d-0000001 | 2026-01-20   | 100      | 1 | f     | 0            | f
    d-0000001 | 2026-03-01   | 1000     | 1 | f     | 1            | f
    d-0000001 | 2026-03-02   | 10       | 2 | t     | 4            | t
    d-0000001 | 2026-03-15   | 3000     | 1 | f     | 0            | f
    d-0000001 | 2026-03-31   | 4000     | 1 | f     | 0            | f
    d-0000002 | 2026-03-01   | 1000     | 1 | f     | 0            | f
    d-0000002 | 2026-03-15   | 3000     | 1 | f     | 3            | f`),
  );
});

test('a late day of its own is written between its neighbours; a day before all others has none before', async () => {
  await aMonth();
  const between = { device: 1, at: '2026-03-10T23:59:59Z', uptime: 2_500, calibrations: 5 };
  expect(await rewrittenBy(() => merge(between))).toEqual([
    `${deviceId(1)} 2026-03-10`,
    `${deviceId(1)} 2026-03-15`,
  ]);
  const first = { device: 2, at: '2026-02-01T00:00:00Z', uptime: 5_000 };
  expect(await rewrittenBy(() => merge(first))).toEqual([
    `${deviceId(2)} 2026-02-01`,
    `${deviceId(2)} 2026-03-01`,
  ]);
  const found = (await signals()).filter(({ queried_date }) =>
    ['2026-02-01', '2026-03-01', '2026-03-10', '2026-03-15'].includes(queried_date ?? ''),
  );
  expect(found).toEqual(
    textTable(`
    device_id | queried_date | uptime_s | n | reset | calibrations | went_off
    d-0000001 | 2026-03-01   | 1000     | 1 | f     | 1            | f
    d-0000001 | 2026-03-10   | 2500     | 1 | f     | 1            | f
    d-0000001 | 2026-03-15   | 3000     | 1 | f     | 0            | f
    d-0000002 | 2026-02-01   | 5000     | 1 | f     | 0            | f
    d-0000002 | 2026-03-01   | 1000     | 1 | t     | 0            | f
    d-0000002 | 2026-03-15   | 3000     | 1 | f     | 3            | f`),
  );
});

test('the newest snapshots, and a copy of one that is there, write only what they must', async () => {
  await aMonth();
  const newest = { device: 1, at: '2026-03-31T12:00:00Z', uptime: 47_200, calibrations: 5 };
  expect(await rewrittenBy(() => merge(newest))).toEqual([`${deviceId(1)} 2026-03-31`]);
  expect(await rewrittenBy(() => merge(newest))).toEqual([]);
  expect(await rewrittenBy(() => Promise.resolve())).toEqual([]);
  // The same snapshot said something else: a newer version of a row that was seen.
  expect(await rewrittenBy(() => merge({ ...newest, uptime: 5 }))).toEqual([`${deviceId(1)} 2026-03-31`]);
  expect((await signals()).find(({ queried_date }) => queried_date === '2026-03-31')).toMatchObject({
    ...{ uptime_s: '5', n: '2', reset: 't' },
  });
});

test('snapshots merged in two batches before a build, the later loaded first, are both seen', async () => {
  await aMonth();
  const days = await rewrittenBy(async () => {
    await merge({ device: 2, at: '2026-03-20T12:00:00Z', uptime: 4_000, calibrations: 3 });
    await merge({ device: 1, at: '2026-03-20T12:00:00Z', uptime: 3_500, calibrations: 5 });
  });
  expect(days).toEqual([
    `${deviceId(1)} 2026-03-20`,
    `${deviceId(1)} 2026-03-31`,
    `${deviceId(2)} 2026-03-20`,
  ]);
});

test('gold follows: only the months and weeks that were written to are built anew', async () => {
  await aMonth();
  const months = async () =>
    fleet.rows(`select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM .''(.{7})') as month, c.oid::text as is
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'fleet_gold.last_updates_per_day__unlogged'::regclass order by 1`);
  const weeks = () =>
    fleet.rows(
      'select week_start, xmin::text as is from fleet_gold.devices_offline_per_firmware_week order by 1',
    );
  const [monthsBefore, weeksBefore] = [await months(), await weeks()];
  await merge({ device: 1, at: '2026-03-02T20:00:00Z', uptime: 10, calibrations: 6, online: false });
  await build();
  const changed = <T extends Record<string, string | null>>(before: T[], after: T[], key: keyof T) =>
    after
      .filter((row) => !before.some((one) => one[key] === row[key] && one['is'] === row['is']))
      .map((row) => row[key]);
  expect(changed(monthsBefore, await months(), 'month')).toEqual(['2026-03']);
  // Of the 2nd and of the 15th.
  expect(changed(weeksBefore, await weeks(), 'week_start')).toEqual(['2026-03-02', '2026-03-09']);
  expect(
    await fleet.rows(`select week_start, devices, devices_went_offline, devices_with_reset, device_days
      from fleet_gold.devices_offline_per_firmware_week order by 1`),
  ).toEqual(
    textTable(`
    week_start | devices | devices_went_offline | devices_with_reset | device_days
    2026-01-19 | 1       | 0                    | 0                  | 1
    2026-02-23 | 2       | 0                    | 0                  | 2
    2026-03-02 | 1       | 1                    | 1                  | 1
    2026-03-09 | 2       | 0                    | 0                  | 2
    2026-03-30 | 1       | 0                    | 0                  | 1`),
  );
});

test('what lies outside of the window is told of, left out, and never comes back to life', async () => {
  await aMonth('2026-03-31T01:00:00Z');
  const before = await signals();
  // Fourteen months before the run; stamped two days after it was loaded; and one that is as it should be.
  const strange = [
    { device: 1, at: '2025-01-10T12:00:00Z' },
    { device: 1, at: '2026-04-02T12:00:00Z', uptime: 1 },
    { device: 2, at: '2026-03-31T12:00:00Z', uptime: 5_000, calibrations: 3 },
  ];
  await fleet.merge('device_states', strange.map(state), { loadedAt: '2026-03-31T12:00:00Z' });
  expect(fleet.warnings).toEqual(['source_within_retention_landing_device_states_queried_at__13']);
  await build();
  const newest = (await signals()).filter(({ queried_date }) => queried_date === '2026-03-31');
  expect(newest.map(({ device_id }) => device_id)).toEqual([deviceId(1), deviceId(2)]);
  expect(await signals()).toHaveLength(before.length + 1);
  // The one of the future stays in bronze, and is no neighbour of what comes after it.
  await fleet.merge('device_states', [state({ device: 1, at: '2026-04-03T12:00:00Z', uptime: 90_000 })], {
    loadedAt: '2026-04-03T12:01:00Z',
  });
  expect(troubles(await fleet.build('2026-04-03'))).toEqual([]);
  expect((await signals()).find(({ queried_date }) => queried_date === '2026-04-03')).toMatchObject({
    reset: 'f',
    n: '1',
  });
  expect(
    await fleet.rows('select queried_date from fleet_silver.stg_last_updates_per_day where uptime_s = 1'),
  ).toEqual([]);
  expect(
    await fleet.rows(`select count(*) as n from fleet_bronze.device_states where queried_at < '2025-02-01'`),
  ).toEqual([{ n: '0' }]);
});
