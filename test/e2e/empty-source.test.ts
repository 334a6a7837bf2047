import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { insertInstallment } from '#test/support/oltp-rows.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

let platform: TestPlatform;
let services: RunningServices;

beforeAll(async () => {
  platform = await startTestPlatform();
  services = await startServices(platform);
});

afterAll(async () => {
  await services.stop();
  await platform.stop();
});

const goldRows = () =>
  withClient(platform.warehouseUrl, async (client) => {
    const sql = 'select count(*)::int as n from credit_gold.payment_analytics_detailed';
    return (await client.query<{ n: number }>(sql)).rows[0]?.n;
  });

test('a source without a row gets empty tables up to gold, and the first row follows', async () => {
  const first = await services.run({});
  expect(first.run.status).toBe('succeeded');
  expect(await goldRows()).toBe(0);
  const issued = new Date().toISOString().slice(0, 10);
  await withClient(platform.oltpUrl, (client) => insertInstallment(client, { id: 1, issued }));
  expect((await services.run({})).run.status).toBe('succeeded');
  expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  expect(await goldRows()).toBe(1);
});
