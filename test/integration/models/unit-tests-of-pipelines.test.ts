import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

let dir: string;
let database: TestDatabase;
let pool: pg.Pool;
let state: ModelVersions = {};
let runs = 0;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-unit-'));
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  state = {};
  await mkdir(join(dir, 'models'), { recursive: true });
  await write('dbt_project.yml', "name: tested\nversion: '1.0'\nprofile: tested\n");
  await write('models/raw.sql', "{{ config(materialized='table') }} select 1 as id, 10 as amount");
  await write('models/doubled.sql', model('amount * 2'));
  await write('models/below.sql', "{{ config(materialized='table') }} select * from {{ ref('doubled') }}");
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(dir, { recursive: true });
});

const write = (file: string, text: string): Promise<void> => writeFile(join(dir, file), text);
const model = (what: string): string =>
  `{{ config(materialized='table') }} select id, ${what} as amount from {{ ref('raw') }}`;
const unitTest = (amount: number, more = ''): string => `
unit_tests:
  - name: twice
    model: doubled
    given: [{ input: ref('raw'), rows: [{ id: 1, amount: 21${more} }] }]
    expect: { rows: [{ id: 1, amount: ${amount} }] }`;

const TARGET = { name: 't', schema: 'dev', type: 'postgres', threads: 1 };

async function build() {
  runs += 1;
  const result = await buildLayers({
    project: await openPipelineProject(dir, { target: { ...TARGET, database: database.name } }, {}),
    ...{ warehouse: openPostgresModelWarehouse({ pool }), adapter: openPostgresAdapter({ pool }), state },
    ...{ tag: { runId: `unit${runs}`, attempt: 1 }, asOf: '2024-03-10', threads: 1 },
  });
  state = result.newState;
  const tests = result.models.flatMap((one) => one.tests.map(({ name, status }) => `${name} ${status}`));
  return { tests, statuses: result.models.map(({ name, status }) => `${name} ${status}`), result };
}
const amounts = async () => (await pool.query('select amount from dev.doubled')).rows;

test('unit tests come before their model, on columns that stand only aside; one that fails holds it back', async () => {
  await write('models/m.yml', unitTest(42));
  expect(await build()).toMatchObject({
    tests: ['twice pass'],
    statuses: ['raw published', 'doubled published', 'below published'],
  });
  await write('models/doubled.sql', model('amount * 3'));
  const failed = await build();
  expect(failed.tests).toEqual(['twice fail']);
  expect(failed.statuses.sort()).toEqual(['below skipped', 'doubled blocked', 'raw skipped']);
  expect(failed.result.models.find(({ name }) => name === 'doubled')).toMatchObject({
    reason: 'test twice',
    keptCandidate: null,
  });
  expect(await amounts()).toEqual([{ amount: 20 }]);
  // It stays unbuilt until either is mended, however often it is tried.
  expect((await build()).tests).toEqual(['twice fail']);
  await write('models/m.yml', unitTest(63));
  expect((await build()).tests).toEqual(['twice pass']);
  expect(await amounts()).toEqual([{ amount: 30 }]);
});

test('they are not run again while the SQL is the same; one that cannot be run blocks with its cause', async () => {
  await write('models/m.yml', unitTest(42));
  await build();
  await write('models/raw.sql', "{{ config(materialized='table') }} select 1 as id, 11 as amount");
  const again = await build();
  expect(again.tests).toEqual([]);
  expect(await amounts()).toEqual([{ amount: 22 }]);
  await write('models/m.yml', unitTest(42, ', nope: 1'));
  await write('models/doubled.sql', model('amount * 2 + 0'));
  const failed = await build();
  expect(failed.tests).toEqual(['twice error']);
  expect(failed.result.models.flatMap(({ tests }) => tests.map(({ error }) => error)).join()).toContain(
    'nope',
  );
});
