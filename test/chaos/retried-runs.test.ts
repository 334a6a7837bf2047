import { afterAll, beforeAll, expect, test } from 'vitest';
import { getRun } from '#shared/ledger/runs.ts';
import { type Task, tasksOf } from '#shared/ledger/tasks.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { insertCompany, insertInstallment } from '#test/support/oltp-rows.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';

const TODAY = new Date().toISOString().slice(0, 10);

// Invariant 7, the other half: what a partial run is missing can be asked for again, and nothing else is.
describeOverQueues('a partial run that is retried', (queue) => {
  let platform: TestPlatform;
  let services: RunningServices;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    services = await startServices(platform);
    await withClient(platform.oltpUrl, async (client) => {
      await insertCompany(client, '11222333000181');
      await insertInstallment(client, { id: 1, issued: TODAY });
    });
  });
  afterAll(async () => {
    await services.stop();
    await platform.stop();
  });

  const atSource = (sql: string) => withClient(platform.oltpUrl, (client) => client.query(sql));
  const retry = async (runId: string) => {
    const response = await fetch(`http://127.0.0.1:${services.httpPort}/v1/runs/${runId}/retry`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-for-tests-only' },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const companiesIn = (relation: string) =>
    withClient(platform.warehouseUrl, async (client) => {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${relation}`);
      return rows[0]?.n;
    });
  const attempts = (tasks: readonly Task[]) =>
    Object.fromEntries(tasks.map(({ kind, stream, attempt }) => [`${kind} ${stream}`.trim(), attempt]));

  test('only the failed slice is extracted again, then what stands behind it, and the run is whole', async () => {
    await atSource('revoke select on oltp.cnpj_ws from penstock_reader');
    const { run } = await services.run();
    expect(run.status).toBe('partial');
    await atSource('grant select on oltp.cnpj_ws to penstock_reader');
    const before = attempts(await tasksOf(services.ledger, run.runId));
    expect(await retry(run.runId)).toMatchObject({
      status: 202,
      body: { runId: run.runId, status: 'running' },
    });
    const closed = await waitFor(
      async () => {
        const found = await getRun(services.ledger, run.runId);
        return found?.finishedAt == null ? undefined : found;
      },
      { timeoutMs: 45_000, what: 'the retried run to close' },
    );
    expect(closed).toMatchObject({ status: 'succeeded', retries: 1, manifest: { incomplete: [] } });
    const after = attempts(await tasksOf(services.ledger, run.runId));
    expect(after['extract installments']).toBe(before['extract installments']);
    expect(after['extract cnpj_ws']).toBeGreaterThan(before['extract cnpj_ws'] ?? 0);
    expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
    // Built before the retry too, from what had come by then.
    expect(await companiesIn('credit_silver.cnpj_ws_clean')).toBe(1);
    expect(await retry(run.runId)).toMatchObject({ status: 400, body: { code: 'RUN_NOTHING_TO_RETRY' } });
    expect(await retry('rnosuchrunid')).toMatchObject({ status: 404 });
  });
});
