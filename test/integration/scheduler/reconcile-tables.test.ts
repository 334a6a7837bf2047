import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillOltp } from '#dev/oltp/fill.ts';
import { tempSchemaOf } from '#shared/contracts/names.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';
import { foundIn, openReconcilerBench, type ReconcilerBench, SLEEPING } from './reconciler-bench.ts';

const TODAY = '2026-03-31';
const schedule = 'bronze';
let platform: TestPlatform;
const probe = new GateProbe();
let services: RunningServices;
let bench: ReconcilerBench;
let closedRunId: string;

beforeAll(async () => {
  platform = await startTestPlatform({ environment: SLEEPING });
  await fillOltp(platform.oltpUrl, { companies: 40, installments: 120, seed: 9, today: TODAY });
  services = await startServices(platform, probe);
  bench = await openReconcilerBench(platform);
  closedRunId = (await services.run({ schedule })).run.runId;
  await services.run({ schedule, kind: 'full_refresh' });
});
afterAll(async () => {
  await bench.stop();
  await services.stop();
  await platform.stop();
});

const staging = async () => {
  const tables = await bench.deps.warehouse.listStagingTables(tempSchemaOf('credit'));
  const names = (serves: boolean) =>
    tables
      .filter(({ servesStable }) => (servesStable !== undefined) === serves)
      .map(({ relation }) => relation);
  return { serving: names(true), orphans: names(false) };
};

test('a reader of one orphaned table keeps neither the tick waiting nor the others from being dropped', async () => {
  const before = await staging();
  const [read, ...others] = before.orphans;
  if (read === undefined) throw new Error('no orphans');
  expect(others).toHaveLength(1);
  await withClient(platform.warehouseUrl, async (reader) => {
    await reader.query('begin');
    await reader.query(`select count(*) from ${quoteRelation(read)}`);
    const startedAt = performance.now();
    expect(foundIn(await bench.pass())).toEqual({ orphan_table: 1 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await reader.query('rollback');
  });
  expect((await staging()).orphans).toEqual([read]);
  expect(foundIn(await bench.pass())).toEqual({ orphan_table: 1 });
  // What the stable relations read stays, although its run is closed too.
  expect(await staging()).toEqual({ serving: before.serving, orphans: [] });
  expect(before.serving).toHaveLength(2);
  expect(await bench.counted('orphan_table')).toBe(2);
});

test('what dead builds left goes; what is kept, open, read or not ours stays', async () => {
  const gates = ['cnpj_ws', 'installments'].map((stream) => probe.hold('load.started', stream));
  const open = await services.ask({ schedule, kind: 'full_refresh' });
  await Promise.all(gates.map((gate) => gate.arrived));
  const gone = [
    `credit_gold.summary__c_${closedRunId}_1`,
    `credit_gold.summary__o_${closedRunId}_1`,
    `credit_silver.clean__c_${closedRunId}_3`,
  ];
  const failed = `credit_silver.clean__c_${closedRunId}_4`;
  const read = `credit_gold.detail__o_${closedRunId}_1`;
  const stay = [
    failed,
    read,
    `credit_gold.summary__c_${open}_1`,
    'credit_gold.summary__c_raaaaaaaaaaa_1',
    'credit_gold.of_somebody__c_else',
    `public.summary__c_${closedRunId}_1`,
  ];
  await withClient(platform.warehouseUrl, async (client) => {
    await client.query('create schema if not exists credit_gold; create schema if not exists credit_silver');
    for (const name of [...gone, ...stay]) await client.query(`create table ${name} (n int)`);
    await client.query(`create view credit_gold.report as select * from ${read}`);
  });
  await keepFailed(failed);
  expect(foundIn(await bench.pass())).toEqual({ model_leftover: gone.length });
  expect(await existing([...gone, ...stay])).toEqual(stay);
  expect(foundIn(await bench.pass())).toEqual({});
  expect(await bench.counted('model_leftover')).toBe(gone.length);
  for (const gate of gates) gate.open();
  await services.closed(open);
});

async function keepFailed(relation: string): Promise<void> {
  const [schema = '', name = ''] = relation.split('.');
  const warehouse = openWarehouse({
    url: platform.warehouseUrl,
    applicationName: 'test-client',
    poolSize: 1,
  });
  await openPostgresModelWarehouse(warehouse).keepFailed({ schema, name }, 'a test failed');
  await warehouse.close();
}

function existing(names: readonly string[]): Promise<string[]> {
  return withClient(platform.warehouseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select name from unnest($1::text[]) with ordinality as n(name, place)
       where to_regclass(name) is not null order by place`,
      [names],
    );
    return rows.map(({ name }) => name);
  });
}
