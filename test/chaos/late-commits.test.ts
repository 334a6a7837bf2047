import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { insertCompany } from '#test/support/oltp-rows.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const schedule = 'bronze';

describeOverQueues('rows that become visible late', (queue) => {
  let platform: TestPlatform;
  let services: RunningServices;
  let probe: GateProbe;
  const writers: pg.Client[] = [];

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    probe = new GateProbe();
    services = await startServices(platform, probe);
    await withClient(platform.oltpUrl, (client) => insertCompany(client, 'first'));
    await pastMargin(platform.oltpUrl);
    await services.run({ schedule });
  });
  afterEach(async () => {
    for (const writer of writers.splice(0)) await writer.end();
  });
  afterAll(async () => {
    await services.stop();
    await platform.stop();
  });

  /** A transaction of the application that has begun, and thereby stamped its `now()`. */
  async function begun(cnpj: string): Promise<pg.Client> {
    const writer = new pg.Client({ connectionString: platform.oltpUrl, application_name: 'application' });
    await writer.connect();
    writers.push(writer);
    await writer.query('begin');
    await insertCompany(writer, cnpj);
    return writer;
  }

  const agrees = () => compareWithSource(platform, 'cnpj_ws');

  /** Moves the bound past everything committed so far. */
  async function laterRun() {
    await pastMargin(platform.oltpUrl);
    return services.run({ schedule });
  }

  test('a transaction that stays open across a run and commits late', async () => {
    const writer = await begun('open-across');
    await withClient(platform.oltpUrl, (client) => insertCompany(client, 'meanwhile'));
    const during = await laterRun();
    expect(during.task('extract', 'cnpj_ws').result).toMatchObject({
      heldBackBy: expect.stringContaining('pid='),
    });
    await writer.query('commit');
    await laterRun();
    expect(await agrees()).toEqual(AGREES);
  });

  test('a transaction that commits exactly between bound and snapshot', async () => {
    const writer = await begun('between');
    await pastMargin(platform.oltpUrl);
    const gate = probe.hold('extract.window-opened', 'cnpj_ws');
    await withClient(platform.oltpUrl, (client) => insertCompany(client, 'a-window'));
    await pastMargin(platform.oltpUrl);
    const runId = await services.ask({ schedule });
    await gate.arrived;
    await writer.query('commit');
    gate.open();
    await services.closed(runId);
    await laterRun();
    expect(await agrees()).toEqual(AGREES);
  });

  test('a transaction whose start equals the bound', async () => {
    const writer = await begun('start-is-bound');
    const { rows } = await writer.query<{ start: string }>('select now()::text as start');
    await laterRun();
    // Rows stamped with the very start of the open transaction that holds the bound: an inclusive bound loses them.
    await writer.query(`update oltp.cnpj_ws set city = 'Recife' where cnpj = 'start-is-bound'`);
    await writer.query('commit');
    await laterRun();
    expect(rows).toHaveLength(1);
    expect(await agrees()).toEqual(AGREES);
  });

  test('a prepared transaction holds the bound until it is committed, under another name of connection', async () => {
    const writer = await begun('prepared');
    await writer.query(`prepare transaction 'late-${queue}'`);
    await withClient(platform.oltpUrl, (client) => insertCompany(client, 'after-prepare'));
    const during = await laterRun();
    expect(during.run.status).not.toBe('failed');
    await laterRun();
    await withClient(platform.oltpUrl, (client) => client.query(`commit prepared 'late-${queue}'`));
    await laterRun();
    await laterRun();
    expect(await agrees()).toEqual(AGREES);
  });

  test('many writers that commit in another order than they began', async () => {
    const batch = await Promise.all(['m1', 'm2', 'm3', 'm4'].map(begun));
    for (const writer of batch.toReversed()) {
      await writer.query('commit');
      await services.run({ schedule });
    }
    await laterRun();
    expect(await agrees()).toEqual(AGREES);
  });
});
