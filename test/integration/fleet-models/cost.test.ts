import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFleetModels } from '#dev/fleet-models/open-fleet-models.ts';
import { fillHistory, mergeHierarchy, mergeSnapshots } from '#dev/fleet-models/stored-days.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { mergeNothing, troubles } from './fleet-fixture.ts';

const DEVICES = 120;
const SNAPSHOTS_BEFORE = 2 * (31 + 28);
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Rows read so far of the months before March, by layer; statistics are written when a session ends. */
const readOfOldMonths = (): Promise<Record<string, number>> =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query<{ layer: string; read: number }>(
      `select schemaname as layer, sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read
       from pg_stat_user_tables where relname ~ '__p20260[12]_' group by 1`,
    );
    return Object.fromEntries(rows.map(({ layer, read }) => [layer, read]));
  });

test('a run’s merge, silver and gold read next to nothing of the months before', async () => {
  const history = { devices: DEVICES, from: '2026-01-01T00:00:00Z', to: '2026-03-15T12:00:00Z' };
  let models = await openFleetModels(database.url);
  await fillHistory(models, history, '2026-03-15');
  await mergeHierarchy(models, '1', DEVICES, '2026-03-15T12:00:00Z');
  await mergeNothing(models, 'device_states', 'hierarchy');
  expect(troubles(await models.build('2026-03-15'))).toEqual([]);
  await models.pool.query('vacuum analyze');
  const { state } = models;
  await models.close();
  const before = await readOfOldMonths();
  expect(before['fleet_bronze']).toBeGreaterThan(DEVICES * SNAPSHOTS_BEFORE);

  models = await openFleetModels(database.url, { state, runs: 'again' });
  const at = '2026-03-16T00:00:00Z';
  await mergeSnapshots(models, '2', { devices: DEVICES, from: at, to: at }, '2026-03-16');
  const built = await models.build('2026-03-16');
  expect(troubles(built)).toEqual([]);
  expect(built.models.find(({ name }) => name === 'stg_last_updates_per_day')?.rows).toBe(DEVICES);
  await models.close();
  const after = await readOfOldMonths();
  // The newest mark of each month is looked up, and no more.
  for (const layer of ['fleet_bronze', 'fleet_silver', 'fleet_gold']) {
    expect((after[layer] ?? 0) - (before[layer] ?? 0)).toBeLessThan(40);
  }
});
