import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevPlatform, startDevPlatform } from '#dev/platform.ts';
import { parseSettings } from '#shared/config/settings.ts';
import { ShardClient } from '#test/support/shard-client.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli } from './cli/spawn-cli.ts';

let platform: DevPlatform;
beforeAll(async () => {
  platform = await startDevPlatform({ fleet: { scenario: 'no-coarse', removedShare: 0 } });
});
afterAll(() => platform.stop());

test('the fleet comes with five shards and its settings can be read', () => {
  const { sourceUrls } = parseSettings(platform.environment);
  // Where a server for the bucket can be had.
  const bucket = platform.fleet?.evaluationsUrl === undefined ? [] : ['EVALUATIONS'];
  expect(Object.keys(sourceUrls).sort()).toEqual([
    'BATTERY',
    ...bucket,
    'FLEET_S1',
    'FLEET_S2',
    'FLEET_S3',
    'FLEET_S4',
    'FLEET_S5',
    'OLTP',
  ]);
});

test('the shards answer, with the faults of the scenario', async () => {
  const { fleet } = platform;
  expect(fleet?.shardApi.fleet.deviceCount).toBe(600);
  expect(fleet?.shardApi.fleet.customers).toHaveLength(20);
  const client = new ShardClient(platform.environment['PENSTOCK_SOURCE_FLEET_S1_URL'] ?? '');
  try {
    const { items } = await client.getJson<{ items: { customer_id: string }[] }>('/v1/customers');
    expect(items).toHaveLength(4);
    const path = `/v1/customers/${items[0]?.customer_id}/aggregates?day=2026-11-20`;
    expect((await client.get(path)).status).toBe(501);
  } finally {
    await client.close();
  }
});

test('the battery database has the batteries of the same devices', async () => {
  const sql =
    'select count(distinct device_id)::int as devices from battery.batteries where replaced_on is null';
  const url = platform.environment['PENSTOCK_SOURCE_BATTERY_URL'] ?? '';
  expect(new URL(url).username).toBe('penstock_reader');
  const { rows } = await withClient(url, (client) => client.query<{ devices: number }>(sql));
  expect(rows).toEqual([{ devices: 600 }]);
});

test('a scenario there is not is refused before any server is started', async () => {
  const { code, stderr, stdout } = await cli(['dev', '--scenario', 'clam']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^SHARD_API_SCENARIO_MISSING: .*flaky/);
});
