import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import { NO_RUN_FLAGS } from '#shared/models/invoke/invocation.ts';
import { invoke } from '#shared/models/invoke/invoke.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import { openProject } from '#shared/models/open-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';

let dir: string;
let server: OwnPostgres;
let pool: pg.Pool;
const TARGET = { name: 't', schema: 'dev', database: 'postgres', type: 'postgres', threads: 1 };

beforeAll(async () => {
  server = await startOwnPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-unlogged-'));
  await mkdir(join(dir, 'models', 'gold'), { recursive: true });
  await write('dbt_project.yml', "name: fast\nversion: '1.0'\nprofile: fast\n");
  pool = openPool();
});
afterEach(async () => {
  await pool.query('drop schema if exists dev cascade');
  await pool.end();
  await rm(dir, { recursive: true });
});

function openPool(): pg.Pool {
  const opened = new pg.Pool({ connectionString: server.url, max: 4 });
  opened.on('error', () => undefined);
  return opened;
}

const write = (file: string, text: string): Promise<void> => writeFile(join(dir, file), text);

/** Kills the server as a power cut would and starts it again. */
async function crash(): Promise<void> {
  await server.kill('SIGKILL');
  await pool.end();
  await server.restart();
  pool = openPool();
}

const rows = async (sql: string): Promise<unknown[]> =>
  (await pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();

async function build(runId: string, state: ModelVersions) {
  const project = await openPipelineProject(dir, { target: TARGET }, {});
  const warehouse = openPostgresModelWarehouse({ pool });
  const tag = { runId, attempt: 1 };
  const result = await buildLayers({ project, warehouse, tag, asOf: '2024-03-10', state, threads: 1 });
  const built = result.models.flatMap(({ name, status, reason }) =>
    status === 'published' ? [`${name}: ${reason}`] : [],
  );
  return { built, state: result.newState };
}

test('a pipeline builds again what a crash emptied, what reads it, and nothing else; a clean restart loses nothing', async () => {
  await write('models/gold/kept.sql', "{{ config(materialized='table') }} select 1 as id");
  await write('models/gold/fast.sql', "{{ config(materialized='table', unlogged=true) }} select 2 as id");
  const months = "partition_by={'type': 'range', 'field': 'day'}";
  await write(
    'models/gold/parted.sql',
    `{{ config(materialized='table', unlogged=true, ${months}) }} select date '2024-03-01' as day`,
  );
  await write(
    'models/gold/reader.sql',
    "{{ config(materialized='table') }} select count(*) as n from {{ ref('fast') }}",
  );
  const first = await build('r1', {});
  expect(first.built).toHaveLength(4);
  await pool.query('create view dev.over as select * from dev.fast');
  await server.restart('fast');
  await pool.end();
  pool = openPool();
  expect((await build('r2', first.state)).built).toEqual([]);
  await crash();
  for (const name of ['fast', 'parted', 'over']) await expectRebuilding(`select count(*) from dev.${name}`);
  expect(await rows('select count(*)::int from dev.kept')).toEqual([1]);
  const after = await build('r3', first.state);
  expect(after.built).toEqual(['fast: never built', 'parted: never built', 'reader: input changed']);
  expect(
    await rows(
      'select (select id from dev.fast), (select count(*) from dev.parted)::int, (select n from dev.reader)::int',
    ),
  ).toEqual([2, 1, 1]);
  expect((await build('r4', after.state)).built).toEqual([]);
});

/** Neither rows nor none: an error that says what is going on. */
async function expectRebuilding(sql: string): Promise<void> {
  const asked = pool.query(sql);
  await expect(asked).rejects.toMatchObject({ code: '55000' });
  await expect(asked).rejects.toThrow(/^dev\.(fast|parted): rebuilding after a crash$/);
}

test('readers need no right on the marks; owner, rights and comments stand on the name; nothing is left behind', async () => {
  const config = "materialized='table', unlogged=true, indexes=[{'columns': ['id'], 'unique': true}]";
  const model = (id: number) => write('models/gold/fast.sql', `{{ config(${config}) }} select ${id} as id`);
  await model(1);
  let { state } = await build('s1', {});
  await pool.query(`create role reader_of_fast; create role owner_of_fast; grant all on schema dev to reader_of_fast, owner_of_fast;
    grant select on dev.fast to reader_of_fast; comment on view dev.fast is 'said by hand'; alter view dev.fast owner to owner_of_fast;
    alter table dev.fast__unlogged owner to owner_of_fast`);
  const asReader = async () => {
    const client = await pool.connect();
    await client.query('set role reader_of_fast');
    const { rows: found } = await client
      .query<{ id: number }>('select id from dev.fast')
      .finally(async () => {
        await client.query('reset role');
        client.release();
      });
    return found[0]?.id;
  };
  expect(await asReader()).toBe(1);
  await model(2);
  state = (await build('s2', state)).state;
  expect(await asReader()).toBe(2);
  expect(
    await rows(
      "select pg_get_userbyid(relowner), obj_description(oid, 'pg_class') from pg_class where relname = 'fast'",
    ),
  ).toEqual(['owner_of_fast', 'said by hand']);
  const standing = "select relname from pg_class where relnamespace = 'dev'::regnamespace order by 1";
  expect(await rows(standing)).toEqual(['fast', 'fast__unlogged', 'fast__unlogged_id_key']);
  await write('models/gold/fast.sql', "{{ config(materialized='table') }} select 3 as id");
  state = (await build('s3', state)).state;
  expect(await asReader()).toBe(3);
  expect(await rows(standing)).toEqual(['fast']);
  await pool.query('drop schema dev cascade; drop role reader_of_fast; drop role owner_of_fast');
});

test('a name that looks like one of a run’s, and an unlogged seed, are published and stay', async () => {
  await mkdir(join(dir, 'seeds'));
  await write('seeds/words.csv', 'word\nhello\n');
  const settings = "name: fast\nversion: '1.0'\nprofile: fast\nseeds: { +unlogged: true }\n";
  await write('dbt_project.yml', settings);
  for (const unlogged of [true, false]) {
    const config = `{{ config(materialized='table', unlogged=${unlogged}) }}`;
    await write('models/gold/sales_o_matic.sql', `${config} select word from {{ ref('words') }}`);
    expect((await build(`n${unlogged}`, {})).built).toHaveLength(2);
    expect(await rows('select word from dev.sales_o_matic union all select word from dev.words')).toEqual([
      'hello',
      'hello',
    ]);
  }
});

test('of partitions only those asked for are read, and the mark is asked for once', async () => {
  const months = "partition_by={'type': 'range', 'field': 'day'}";
  await write(
    'models/gold/parted.sql',
    `{{ config(materialized='table', unlogged=true, ${months}) }} select d::date as day from generate_series('2024-01-01'::timestamp, '2024-03-01', '1 day') d`,
  );
  await build('p1', {});
  const plan = (await rows("explain select * from dev.parted where day >= '2024-03-01'")).join('\n');
  expect(plan).toMatch(/One-Time Filter: penstock\.must_stand/);
  expect(plan).not.toMatch(/parted__p202401|parted__unlogged__p202402/);
  expect(plan).toMatch(/p202403/);
});

test('a pipeline refuses an unlogged incremental model', async () => {
  await write(
    'models/gold/inc.sql',
    "{{ config(materialized='incremental', unlogged=true) }} select 1 as id",
  );
  await expect(openPipelineProject(dir, { target: TARGET }, {})).rejects.toThrow(
    /unlogged is refused for an incremental/,
  );
});

test('a foreign incremental model is built whole after a crash, even where a full refresh is refused', async () => {
  const config = "materialized='incremental', unlogged=true, full_refresh=false";
  await write(
    'models/gold/inc.sql',
    `{{ config(${config}) }} select {{ 3 if is_incremental() else 1 }} as id {% if not is_incremental() %} union all select 2 {% endif %}`,
  );
  const project = await openProject(dir, { target: TARGET });
  const run = async () => {
    const adapter = openPostgresAdapter({ pool });
    const { succeeded } = await invoke({
      ...{ project, adapter, command: 'run', threads: 1, flags: NO_RUN_FLAGS, onEvent: () => undefined },
      selection: { select: [], exclude: [] },
      run: { asOf: '2024-03-10', runId: 'r', runStartedAt: '2024-03-10T00:00:00Z', invocationId: 'i' },
    });
    expect(succeeded).toBe(true);
    return rows('select id from dev.inc order by 1');
  };
  expect(await run()).toEqual([1, 2]);
  expect(await run()).toEqual([1, 2, 3]);
  await crash();
  expect(await rows('select id from dev.inc')).toEqual([]);
  expect(await run()).toEqual([1, 2]);
});
