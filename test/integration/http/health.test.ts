import { rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schedulerService } from '#services/scheduler/service.ts';
import type { Service } from '#shared/lifecycle/service.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { type CuttableWay, startCuttableWay } from '#test/support/cuttable-way.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';

const WAYS = {
  ledger: 'PENSTOCK_LEDGER_URL',
  queue: 'PENSTOCK_QUEUE_URL',
  warehouse: 'PENSTOCK_WAREHOUSE_URL',
} as const;
type Store = keyof typeof WAYS;

describeOverQueues('health of the scheduler', (queue) => {
  let platform: TestPlatform;
  let ways: Record<Store, CuttableWay>;
  let service: Service;
  let base: string;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    const through = async (store: Store) => startCuttableWay(platform.environment[WAYS[store]] ?? '');
    ways = {
      ledger: await through('ledger'),
      queue: await through('queue'),
      warehouse: await through('warehouse'),
    };
    const environment = { ...platform.environment };
    for (const store of ['ledger', 'queue', 'warehouse'] as const) environment[WAYS[store]] = ways[store].url;
    const input = await serviceInput(environment, process.cwd(), false);
    const listening = Promise.withResolvers<number>();
    service = schedulerService({ ...input, onListening: listening.resolve });
    await service.start();
    base = `http://127.0.0.1:${await listening.promise}`;
  });
  afterAll(async () => {
    for (const way of Object.values(ways)) way.mend();
    await service.stop(5_000);
    for (const way of Object.values(ways)) await way.stop();
    await platform.stop();
  });

  async function ready(): Promise<{ status: number; problems: string[] }> {
    const response = await fetch(`${base}/readyz`);
    const { problems } = (await response.json()) as { problems: string[] };
    return { status: response.status, problems };
  }
  const becomesReady = () =>
    waitFor(async () => (await ready()).status === 200, { what: 'it to be ready again', timeoutMs: 20_000 });

  test('it is alive and ready where all is well, and asks for no token', async () => {
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect(await ready()).toEqual({ status: 200, problems: [] });
  });

  test.each(['ledger', 'queue', 'warehouse'] as const)(
    'without the %s it is alive, not ready, says which it is, and recovers',
    async (store) => {
      ways[store].cut();
      const { status, problems } = await ready();
      expect(status).toBe(503);
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem).toMatch(new RegExp(`^${store}: `));
      expect(problems.join()).not.toMatch(/postgres:\/\/|redis:\/\/|password/);
      const started = performance.now();
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
      expect(performance.now() - started).toBeLessThan(1_000);
      ways[store].mend();
      await becomesReady();
    },
  );

  test('the API answers 503 while the ledger is away, and tells no address', async () => {
    ways.ledger.cut();
    const response = await fetch(`${base}/v1/runs`, {
      headers: { authorization: `Bearer ${platform.environment['PENSTOCK_API_TOKEN']}` },
    });
    expect(response.status).toBe(503);
    const body = (await response.json()) as { code: string };
    expect(body.code).toBe('POSTGRES_UNAVAILABLE');
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
    ways.ledger.mend();
    await becomesReady();
  });

  test('a run asked for while the queue is away is kept and goes on once it is back', async () => {
    ways.queue.cut();
    const headers = {
      authorization: `Bearer ${platform.environment['PENSTOCK_API_TOKEN']}`,
      'content-type': 'application/json',
    };
    const asked = await fetch(`${base}/v1/runs`, { method: 'POST', headers, body: '{"pipeline":"credit"}' });
    expect(asked.status).toBe(202);
    const { runId } = (await asked.json()) as { runId: string };
    ways.queue.mend();
    const running = async () => {
      const shown = await fetch(`${base}/v1/runs/${runId}`, { headers });
      return ((await shown.json()) as { status: string }).status === 'running';
    };
    await waitFor(running, { what: 'the run to be taken up', timeoutMs: 20_000 });
  });

  test('without the landing store it is not ready', async () => {
    const folder = platform.landingDir;
    await rename(folder, `${folder}-away`);
    await writeFile(folder, 'a file stands where the folder should');
    const { status, problems } = await ready();
    await rm(folder);
    await rename(`${folder}-away`, folder);
    expect(status).toBe(503);
    expect(problems).toEqual([expect.stringMatching(/^landing: /)]);
    await becomesReady();
  });
});
