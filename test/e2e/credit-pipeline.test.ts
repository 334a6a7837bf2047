import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyChanges } from '#dev/oltp/changes.ts';
import { fillOltp } from '#dev/oltp/fill.ts';
import { freshnessOf } from '#shared/ledger/source-freshness.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const TODAY = '2026-03-31';
const asOf = TODAY;
let platform: TestPlatform;
let services: RunningServices;

beforeAll(async () => {
  platform = await startTestPlatform();
  await fillOltp(platform.oltpUrl, { companies: 400, installments: 3_000, seed: 7, today: TODAY });
  services = await startServices(platform);
});

afterAll(async () => {
  await services.stop();
  await platform.stop();
});

const count = (table: string): Promise<number> =>
  withClient(platform.warehouseUrl, async (client) => {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return rows[0]?.n ?? -1;
  });

test('first load, changes, no changes: source and bronze agree row for row, gold follows', async () => {
  const first = await services.run({ asOf });
  expect(first.run.status).toBe('succeeded');
  expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
  expect(await count('credit_gold.payment_analytics_detailed')).toBe(3_000);
  const ages = await freshnessOf(services.ledger, first.run.runId);
  expect(ages.map(({ source, status }) => `${source} ${status}`)).toEqual([
    'landing.cnpj_ws pass',
    'landing.installments pass',
  ]);

  // A cancelled payment falls back behind the look-back; the next day's full comparison finds it.
  const nextDay = new Date(Date.now() + 86_400_000);
  const changes = await withClient(platform.oltpUrl, (client) => applyChanges(client, TODAY));
  expect(changes).toEqual({ inserted: 400, paid: 300, cancelled: 20, companiesUpdated: 100 });
  await pastMargin(platform.oltpUrl);
  const second = await services.run({ asOf, logicalTime: nextDay });
  expect(second.run.status).toBe('succeeded');
  expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
  expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  expect(await count('credit_gold.payment_analytics_detailed')).toBe(3_400);

  const third = await services.run({ asOf });
  expect(third.run.status).toBe('no_changes');
  expect(third.tasks.map(({ kind, status }) => `${kind} ${status}`)).not.toContain('merge succeeded');
});

test('gold that depends on the day is rebuilt when as_of changes, even if no row did', async () => {
  const { run, task } = await services.run({ asOf: '2026-04-01' });
  expect(task('merge', 'installments').status).toBe('no_changes');
  expect(task('models').result).toMatchObject({
    published: ['payment_analytics_detailed', 'company_payment_summary'],
  });
  expect(run.status).toBe('succeeded');
});

test('a full refresh builds bronze anew and nothing is lost or doubled', async () => {
  const { run } = await services.run({ kind: 'full_refresh', asOf });
  expect(run.status).toBe('succeeded');
  expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
});
