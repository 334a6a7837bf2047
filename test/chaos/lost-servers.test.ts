import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { applyChanges } from '#dev/oltp/changes.ts';
import { fillOltp } from '#dev/oltp/fill.ts';
import { queues } from '#shared/contracts/jobs.ts';
import type { Step } from '#shared/lifecycle/step-probe.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const TODAY = '2026-03-31';
const DAY_MS = 86_400_000;

describeOverQueues('a server lost in the middle of a run', (queue) => {
  const cleanups: (() => Promise<void>)[] = [];
  let platform: TestPlatform;
  let services: RunningServices;
  let probe: GateProbe;

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  /** Everything runs and has loaded once; `variable` is served by a PostgreSQL of the test's own. */
  async function startOn(
    variable: 'PENSTOCK_WAREHOUSE_URL' | 'PENSTOCK_LEDGER_URL' | undefined,
  ): Promise<OwnPostgres | undefined> {
    const own = variable === undefined ? undefined : await ownServer();
    const environment = own === undefined || variable === undefined ? {} : { [variable]: own.url };
    platform = await startTestPlatform({ queue, environment });
    cleanups.push(() => platform.stop());
    await fillOltp(platform.oltpUrl, { companies: 60, installments: 400, seed: 5, today: TODAY });
    probe = new GateProbe();
    services = await startServices(platform, probe);
    cleanups.push(() => services.stop());
    expect((await services.run({ asOf: TODAY })).run.status).toBe('succeeded');
    await withClient(platform.oltpUrl, (client) => applyChanges(client, TODAY));
    await pastMargin(platform.oltpUrl);
    return own;
  }

  async function ownServer(): Promise<OwnPostgres> {
    const own = await startOwnPostgres();
    cleanups.push(() => own.stop());
    return own;
  }

  /** Runs; at a step `lose` takes something away; the run must converge by itself. */
  async function runAndLose(step: Step, subject: string, lose: () => Promise<void>) {
    const gate = probe.hold(step, subject);
    const runId = await services.ask({ asOf: TODAY, logicalTime: new Date(Date.now() + DAY_MS) });
    await gate.arrived;
    await lose();
    gate.open();
    const closed = await services.closed(runId, 90_000);
    expect(closed.tasks.filter(({ error }) => error !== null)).toEqual([]);
    expect(closed.run.status).toBe('succeeded');
    expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
    expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
    return closed;
  }

  test('the warehouse killed between load and merge: the emptied temp table is loaded again', async () => {
    const own = await startOn('PENSTOCK_WAREHOUSE_URL');
    await runAndLose('merge.started', 'installments', async () => {
      await own?.kill('SIGKILL');
      await own?.restart();
      expect(await rowsInTempTables(platform.warehouseUrl)).toBe(0);
    });
  });

  test('the warehouse killed while a table is loaded', async () => {
    const own = await startOn('PENSTOCK_WAREHOUSE_URL');
    await runAndLose('load.mid-load', 'installments', async () => {
      await own?.kill('SIGKILL');
      await own?.restart();
    });
  });

  test('the ledger restarted while a stream is loaded', async () => {
    const own = await startOn('PENSTOCK_LEDGER_URL');
    await runAndLose('load.loaded', 'installments', async () => own?.restart('immediate'));
  });

  test('the ledger restarted between bronze merge and watermark', async () => {
    const own = await startOn('PENSTOCK_LEDGER_URL');
    await runAndLose('merge.committed', 'installments', async () => own?.restart('immediate'));
  });

  test('the queue emptied in the middle of a run', async () => {
    await startOn(undefined);
    await runAndLose('load.started', 'cnpj_ws', async () => {
      const names = [queues.scheduler, queues.extract('main'), queues.load, queues.transform];
      for (const name of names) await services.queue.obliterate(name);
    });
  });
});

async function rowsInTempTables(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'credit_temp'`,
    );
    let total = 0;
    for (const { name } of rows) {
      const counted = await client.query<{ n: number }>(`select count(*)::int as n from ${name}`);
      total += counted.rows[0]?.n ?? 0;
    }
    return total;
  } finally {
    await client.end();
  }
}
