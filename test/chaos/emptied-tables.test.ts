import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { fillOltp } from '#dev/oltp/fill.ts';
import { listRuns } from '#shared/ledger/runs.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { startOwnPostgres } from '#test/support/own-postgres.ts';
import { startServices } from '#test/support/running-services.ts';
import { startTestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const TODAY = '2026-03-31';
const config = fileURLToPath(new URL('../fixtures/unlogged.config.ts', import.meta.url));
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('after a crash of the warehouse unlogged gold fails by name until a run that nobody asked for has built it again', async () => {
  const warehouse = await startOwnPostgres();
  cleanups.push(() => warehouse.stop());
  const platform = await startTestPlatform({
    environment: { PENSTOCK_WAREHOUSE_URL: warehouse.url, PENSTOCK_CONFIG: config },
  });
  cleanups.push(() => platform.stop());
  await fillOltp(platform.oltpUrl, { companies: 60, installments: 400, seed: 5, today: TODAY });
  const probe = new GateProbe();
  const services = await startServices(platform, probe);
  cleanups.push(() => services.stop());
  const first = await services.run({ asOf: TODAY });
  expect(first.run.status).toBe('succeeded');
  const gold = () => countGold(warehouse.url);
  const before = await gold();
  expect(before.map(Number).every((rows) => rows > 0)).toBe(true);

  const gate = probe.hold('models.tested', 'credit');
  await warehouse.kill('SIGKILL');
  await warehouse.restart();
  await gate.arrived;
  await expect(gold()).rejects.toThrow(/^credit_gold\.\w+: rebuilding after a crash$/);
  gate.open();
  const [rebuilt] = await listRuns(services.ledger, { limit: 1 });
  expect(rebuilt).toMatchObject({ requestedBy: 'scheduler: tables emptied by a crash' });
  expect((await services.closed(rebuilt?.runId ?? '')).run.status).toBe('succeeded');
  expect(await gold()).toEqual(before);
  expect(await listRuns(services.ledger, { limit: 10 })).toHaveLength(2);
});

/** Rows of both marts. */
function countGold(url: string): Promise<string[]> {
  return withClient(url, async (client: pg.Client) => {
    const { rows } = await client.query<{ a: string; b: string }>(
      'select (select count(*) from credit_gold.payment_analytics_detailed) as a, (select count(*) from credit_gold.company_payment_summary) as b',
    );
    return rows.flatMap(({ a, b }) => [a, b]);
  });
}
