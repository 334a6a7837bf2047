import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyChanges } from '#dev/oltp/changes.ts';
import { fillOltp } from '#dev/oltp/fill.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { startServices } from '#test/support/running-services.ts';
import { type ServiceName, startServiceProcess } from '#test/support/service-process.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const TODAY = '2026-03-31';
const DAY_MS = 86_400_000;

/** Where each service is killed with SIGKILL: between every two durable effects of its work. */
const DEATHS: readonly (readonly [ServiceName, string])[] = [
  ['extractor', 'extract.window-opened:installments'],
  ['extractor', 'extract.file-written:installments'],
  ['extractor', 'extract.file-recorded:installments'],
  ['loader', 'load.mid-load:installments'],
  ['loader', 'load.loaded:installments'],
  ['loader', 'load.file-moved:installments'],
  ['loader', 'load.archived:installments'],
  ['transformer', 'merge.committed:installments'],
  ['transformer', 'merge.before-watermark:installments'],
  ['transformer', 'merge.after-watermark:installments'],
  ['transformer', 'models.tested'],
  ['transformer', 'models.published'],
  ['scheduler', 'plan.tasks-inserted'],
  ['scheduler', 'plan.tasks-marked:extract'],
  ['scheduler', 'plan.before-close'],
];

describeOverQueues('a service killed at any instant', (queue) => {
  let platform: TestPlatform;
  let day = 0;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    await fillOltp(platform.oltpUrl, { companies: 60, installments: 400, seed: 3, today: TODAY });
  });
  afterAll(() => platform.stop());

  test.each(DEATHS)('%s at %s', async (name, step) => {
    day += 1;
    const logicalTime = new Date(Date.now() + day * DAY_MS);
    await withClient(platform.oltpUrl, (client) => applyChanges(client, TODAY));
    await pastMargin(platform.oltpUrl);
    const doomed = startServiceProcess(platform, name, step);
    const services = await startServices(platform, undefined, name);
    let next: ReturnType<typeof startServiceProcess> | undefined;
    try {
      const runId = await services.ask({ logicalTime, asOf: TODAY });
      expect(await doomed.ended).toBe('SIGKILL');
      next = startServiceProcess(platform, name);
      const { run } = await services.closed(runId, 60_000);
      expect(run.status).toBe('succeeded');
      expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
      expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
      expect(await goldRows(platform)).toBe(await sourceRows(platform));
    } finally {
      await next?.stop();
      await doomed.stop();
      await services.stop();
    }
  });
});

const number = (url: string, sql: string): Promise<number> =>
  withClient(url, async (client) => (await client.query<{ n: number }>(sql)).rows[0]?.n ?? -1);

const sourceRows = (platform: TestPlatform): Promise<number> =>
  number(platform.oltpUrl, 'select count(*)::int as n from oltp.installments');

const goldRows = (platform: TestPlatform): Promise<number> =>
  number(platform.warehouseUrl, 'select count(*)::int as n from credit_gold.payment_analytics_detailed');
