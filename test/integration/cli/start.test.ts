import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';
import { cliJson, spawnCli } from './spawn-cli.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.stop());

const alive = async (): Promise<string[]> => {
  const { document } = await cliJson(['status'], platform.environment);
  return (document['services'] as { service: string }[]).map(({ service }) => service);
};

test('a service runs until SIGTERM, then drains and leaves the list of the living', async () => {
  const loader = spawnCli(['start', 'loader'], platform.environment);
  await waitFor(async () => (await alive()).includes('loader'), {
    what: 'the loader to be listed',
    timeoutMs: 20_000,
  });
  loader.child.kill('SIGTERM');
  const { code, stderr } = await loader.ended;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'SIGTERM: draining, at most 5 s; once more forces\n',
  });
  expect(await alive()).toEqual([]);
});

test('signals that come at once are one; a later one forces', async () => {
  const environment = { ...platform.environment, PENSTOCK_DRAIN_MS: '60000' };
  const loader = spawnCli(['start', 'loader'], environment);
  await waitFor(async () => (await alive()).includes('loader'), {
    what: 'the loader to be listed',
    timeoutMs: 20_000,
  });
  await withClient(platform.ledgerUrl, async (client) => {
    // The last thing a draining service does is to leave the list of the living: here it cannot.
    await client.query('begin; lock table ops.processes in exclusive mode');
    loader.child.kill('SIGINT');
    loader.child.kill('SIGTERM');
    await loader.said('draining');
    const isHeld = async (): Promise<boolean> => {
      const sql = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      return ((await client.query(sql)).rowCount ?? 0) > 0;
    };
    await waitFor(isHeld, { what: 'the service to wait' });
    expect(loader.child.exitCode).toBe(null);
    // Far enough from the first to be another one.
    const isEnded = (): boolean => loader.child.exitCode !== null || !loader.child.kill('SIGINT');
    await waitFor(isEnded, { what: 'the service to end at once', intervalMs: 400 });
    expect((await loader.ended).code).toBe(130);
    await client.query('rollback');
  });
});

test('a service names everything it lacks, and does not start', async () => {
  const environment = {
    ...platform.environment,
    PENSTOCK_WAREHOUSE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PENSTOCK_QUEUE_URL: 'postgres://nobody@127.0.0.1:1/none',
  };
  const { code, stderr } = await spawnCli(['start', 'loader'], environment).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/the loader does not start:\n/);
  expect(stderr).toMatch(/✗ {2}queue: /);
  expect(stderr).toMatch(/✗ {2}warehouse: /);
});
