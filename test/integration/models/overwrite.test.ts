import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';

let dir: string;
let server: OwnPostgres;
let pool: pg.Pool;
let state: ModelVersions;
let runs = 0;

beforeAll(async () => {
  server = await startOwnPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-overwrite-'));
  for (const folder of ['models/silver', 'models/gold', 'seeds'])
    await mkdir(join(dir, folder), { recursive: true });
  await write('dbt_project.yml', "name: months\nversion: '1.0'\nprofile: months\n");
  await write('seeds/names.csv', 'id,name\n1,one\n2,two\n3,three\n');
  await write('models/silver/days.sql', DAYS);
  await write('models/gold/parted.sql', parted());
  await write('models/gold/weekly.sql', WEEKLY);
  state = {};
  pool = openPool();
  await pool.query('create schema raw; create table raw.days (id int, day date, amount int, batch int)');
  await add(1, [1, '2024-01-05', 10], [2, '2024-01-31', 20], [1, '2024-03-01', 30], [3, '2024-02-29', 40]);
});
afterEach(async () => {
  await pool.query('drop schema if exists dev cascade; drop schema raw cascade');
  await pool.end();
  await rm(dir, { recursive: true });
});

function openPool(): pg.Pool {
  const opened = new pg.Pool({ connectionString: server.url, max: 6 });
  opened.on('error', () => undefined);
  return opened;
}

const write = (file: string, text: string): Promise<void> => writeFile(join(dir, file), text);
const rows = async (sql: string): Promise<unknown[]> =>
  (await pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();

async function add(batch: number, ...days: readonly (readonly [number, string, number])[]): Promise<void> {
  for (const day of days) await pool.query('insert into raw.days values ($1, $2, $3, $4)', [...day, batch]);
}

const DAYS = `{{ config(materialized='incremental', unique_key=['id', 'day'], indexes=[{'columns': ['id', 'day'], 'unique': True}]) }}
select id, day, amount, batch from raw.days
{% if is_incremental() %}where batch > (select max(batch) from {{ this }}){% endif %}`;

/** Silver by month, names joined to it; every month with something new is built from all of its days. */
const parted = (config = 'unlogged=True', field = 'day'): string => `{{ config(materialized='incremental',
  incremental_strategy='insert_overwrite', unique_key=['id', 'day'], ${config},
  partition_by={'type': 'range', 'field': '${field}', 'retention': '12 months'},
  indexes=[{'columns': ['id', '${field}'], 'unique': True}, {'columns': ['name']}]) }}
select d.id, d.day, d.amount, d.batch, n.name from {{ ref('days') }} d join {{ ref('names') }} n on n.id = d.id
{% if is_incremental() %}
where date_trunc('month', d.day) in (
  select date_trunc('month', day) from {{ ref('days') }} where batch > (select max(batch) from {{ this }}))
{% endif %}`;

/** What a merge into the months above makes new. */
const WEEKLY = `{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='month', rebuildable=True) }}
select date_trunc('month', day)::date as month, max(name) as name, sum(amount)::int as amount, max(batch) as batch
from {{ ref('parted') }}
{% if is_incremental() %}
where date_trunc('month', day) in (
  select date_trunc('month', day) from {{ ref('parted') }} where batch > (select max(batch) from {{ this }}))
{% endif %} group by 1`;

async function build(
  over: { asOf?: string; limits?: { lockTimeoutMs?: number; giveUpAfterMs?: number } } = {},
) {
  runs += 1;
  const target = { name: 't', schema: 'dev', database: 'postgres', type: 'postgres', threads: 2 };
  // The rows of raw.days are no model's: that there are new ones is said by hand.
  const { days, ...rest } = state;
  const result = await buildLayers({
    project: await openPipelineProject(dir, { target }, {}),
    warehouse: openPostgresModelWarehouse({ pool }),
    ...{
      tag: { runId: `months${runs}`, attempt: 1 },
      asOf: '2024-03-10',
      threads: 2,
      layers: ['silver', 'gold'],
    },
    state:
      days === undefined
        ? rest
        : { ...rest, days: { ...days, inputVersions: { anew: '' }, asOf: null, sqlChecksum: '' } },
    ...over,
  });
  state = result.newState;
  return Object.fromEntries(result.models.map(({ name, status, reason }) => [name, `${status}: ${reason}`]));
}

/** Rows by month of the table behind, with the identity of each partition. */
async function months(table = 'dev.parted__unlogged'): Promise<Record<string, string>> {
  const found = await pool.query<{ month: string; oid: string; kind: string }>(
    `select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM .''(.{7})') as month, c.oid::text, c.relpersistence as kind
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = '${table}'::regclass order by 1`,
  );
  return Object.fromEntries(found.rows.map(({ month, oid, kind }) => [month, `${kind}${oid}`]));
}

const ALL = 'select id || name || amount from dev.parted order by day, id';

test('only the months with new rows are built anew; the table, its rights, its indexes and what reads it stay', async () => {
  await build();
  expect(await rows(ALL)).toEqual(['1one10', '2two20', '3three40', '1one30']);
  await pool.query('create view dev.over as select count(*)::int as n from dev.parted');
  const before = await months();
  const identity = await rows(`select 'dev.parted'::regclass::oid, 'dev.parted__unlogged'::regclass::oid`);
  await add(2, [2, '2024-01-01', 5], [3, '2024-03-02', 6]);
  await pool.query("update raw.days set amount = 99, batch = 2 where id = 1 and day = '2024-01-05'");
  expect(await build()).toMatchObject({
    parted: 'published: input changed',
    weekly: 'published: input changed',
  });
  expect(await rows(ALL)).toEqual(['2two5', '1one99', '2two20', '3three40', '1one30', '3three6']);
  expect(await rows('select month::text, amount from dev.weekly order by 1')).toEqual([
    ...['2024-01-01', 124, '2024-02-01', 40, '2024-03-01', 36],
  ]);
  const after = await months();
  expect(Object.keys(after)).toEqual(['2024-01', '2024-02', '2024-03', '2024-04']);
  expect(Object.keys(after).filter((month) => after[month] !== before[month])).toEqual([
    '2024-01',
    '2024-03',
  ]);
  expect(Object.values(after).every((kind) => kind.startsWith('u'))).toBe(true);
  expect(await rows(`select 'dev.parted'::regclass::oid, 'dev.parted__unlogged'::regclass::oid`)).toEqual(
    identity,
  );
  expect(await rows('select n from dev.over')).toEqual([6]);
  // Each partition has both indexes, of the table's own, and nothing of the way there is left.
  expect(
    await rows(`select count(*)::int from pg_index i join pg_inherits p on p.inhrelid = i.indexrelid
      join pg_inherits t on t.inhrelid = i.indrelid and t.inhparent = 'dev.parted__unlogged'::regclass`),
  ).toEqual([8]);
  expect(
    await rows(`select relname from pg_class where relname ~ '^penstock_new_' and relkind in ('r', 'p')`),
  ).toEqual([]);
  expect(await rows(`select count(*)::int from pg_constraint where conname = 'penstock_bounds'`)).toEqual([
    0,
  ]);
  expect(
    await rows(`select indisvalid from pg_index where indrelid = 'dev.parted__unlogged'::regclass`),
  ).toEqual([true, true]);
});

test('it is built whole when a seed changed, when its SQL did, and after a crash; what merges from it follows', async () => {
  await build();
  const whole = async () => (await months())['2024-02'];
  let before = await whole();
  await write('seeds/names.csv', 'id,name\n1,uno\n2,due\n3,tre\n');
  await build();
  expect(await rows(ALL)).toEqual(['1uno10', '2due20', '3tre40', '1uno30']);
  expect(await rows('select name from dev.weekly order by month')).toEqual(['uno', 'tre', 'uno']);
  expect(await whole()).not.toBe(before);
  before = await whole();
  await write('models/gold/parted.sql', parted().replace('d.amount,', 'd.amount + 1 as amount,'));
  expect(await build()).toMatchObject({ parted: 'published: sql changed' });
  expect(await rows('select amount from dev.weekly order by month')).toEqual([32, 41, 31]);
  expect(await whole()).not.toBe(before);
  await server.kill('SIGKILL');
  await pool.end();
  await server.restart();
  pool = openPool();
  await expect(pool.query('select * from dev.parted')).rejects.toThrow(
    'dev.parted: rebuilding after a crash',
  );
  await add(3, [1, '2024-03-03', 1]);
  expect(await build()).toMatchObject({ parted: 'published: never built' });
  expect(await rows('select count(*)::int from dev.parted')).toEqual([5]);
  expect(await rows('select amount from dev.weekly order by month')).toEqual([32, 41, 33]);
});

test('tests judge the table as it will be, before readers see it; a failed one leaves everything as it was', async () => {
  const tests = (value: string): Promise<void> =>
    write(
      'models/gold/m.yml',
      `models:
  - name: parted
    columns:
      - { name: amount, data_tests: [not_null, ${value}] }
      - { name: day, data_tests: [{ relationships: { arguments: { to: ref('days'), field: day } } }] }`,
    );
  await tests('unique');
  await build();
  const before = await months();
  // The double of an amount in another month, which is not among the rows written.
  await add(2, [2, '2024-03-02', 40]);
  expect(await build()).toMatchObject({ parted: 'blocked: test unique_parted_amount' });
  expect(await months()).toEqual(before);
  expect(await rows('select count(*)::int from dev.parted')).toEqual([4]);
  // Within the month itself, and with what is replaced gone: the old copy of a row is no double of the new.
  await pool.query('update raw.days set amount = 41 where batch = 2');
  await pool.query('update dev.days set amount = 41 where batch = 2');
  expect(await build()).toMatchObject({ parted: 'published: input changed' });
  expect(await rows('select count(*)::int from dev.parted')).toEqual([5]);
});

test('a busy reader keeps the swap waiting, other readers never; given up, everything is as it was', async () => {
  await build();
  await add(2, [3, '2024-03-02', 6]);
  const reader = await pool.connect();
  const other = await pool.connect();
  try {
    await reader.query('begin; select * from dev.parted');
    const kept = state;
    await expect(build({ limits: { giveUpAfterMs: 300 } })).rejects.toMatchObject({ code: 'PUBLISH_LOCKED' });
    state = kept;
    await other.query("set statement_timeout = '2s'");
    const waiting = build();
    for (let asked = 0; asked < 20; asked += 1) {
      expect((await other.query('select count(*)::int as n from dev.parted')).rows).toEqual([{ n: 4 }]);
    }
    await reader.query('rollback');
    expect(await waiting).toMatchObject({ parted: 'published: input changed' });
  } finally {
    reader.release();
    other.release(true);
  }
  expect(await rows('select count(*)::int from dev.parted')).toEqual([5]);
});

test('a snapshot older than the new rows does not find the month empty: the swap waits for it', async () => {
  await build();
  const old = await pool.connect();
  try {
    await old.query('begin isolation level repeatable read; select 1');
    await add(2, [3, '2024-03-02', 6]);
    let isDone = false;
    const waiting = build().finally(() => {
      isDone = true;
    });
    const asksForSnapshots = `select from pg_stat_activity where query ~ 'backend_xmin' and state ~ '^idle in' and datname = current_database() and pid <> pg_backend_pid()`;
    await waitFor(async () => isDone || (await pool.query(asksForSnapshots)).rowCount === 1, {
      what: 'the swap',
    });
    const found = await old.query<{ n: number }>('select count(*)::int as n from dev.parted');
    expect(found.rows).toEqual([{ n: 4 }]);
    await old.query('commit');
    expect(await waiting).toMatchObject({ parted: 'published: input changed' });
  } finally {
    old.release();
  }
  expect(await rows('select count(*)::int from dev.parted')).toEqual([5]);
});

test('what has expired is dropped and not written again; logged tables are overwritten as well', async () => {
  await write('models/gold/parted.sql', parted('unlogged=False'));
  await build();
  expect(Object.keys(await months('dev.parted'))).toEqual(['2024-01', '2024-02', '2024-03', '2024-04']);
  await add(2, [3, '2025-02-10', 7], [3, '2024-01-02', 8]);
  await build({ asOf: '2025-02-15' });
  const standing = await months('dev.parted');
  expect(Object.keys(standing)).toEqual(['2024-02', '2024-03', '2024-04', '2025-02', '2025-03']);
  expect(Object.values(standing).every((kind) => kind.startsWith('p'))).toBe(true);
  expect(await rows('select count(*)::int from dev.parted')).toEqual([3]);
});

test('an input that was built whole while the model was held back is not forgotten', async () => {
  const guard = (value: string): Promise<void> =>
    write(
      'models/gold/m.yml',
      `models: [{ name: parted, columns: [{ name: amount, data_tests: [{ accepted_values: { values: ${value}, quote: false } }] }] }]`,
    );
  await guard('[10, 20, 30, 40, 6]');
  await build();
  await pool.query("update raw.days set amount = 11 where id = 1 and day = '2024-01-05'");
  await pool.query('drop table dev.days');
  expect(await build()).toMatchObject({
    parted: 'blocked: test accepted_values_parted_amount__False__10__20__30__40__6',
  });
  await guard('[10, 11, 20, 30, 40, 6]');
  // Of what was merged since, nothing tells that January is other than it was.
  await add(2, [3, '2024-03-02', 6]);
  await build();
  expect(await rows(ALL)).toEqual(['1one11', '2two20', '3three40', '1one30', '3three6']);
});

test('a redelivered run finds its work done', async () => {
  await build();
  await add(2, [3, '2024-03-02', 6]);
  const before = state;
  await build();
  const after = await months();
  runs -= 1;
  state = before;
  await build();
  expect(await months()).toEqual(after);
});

test('months are cut at UTC for timestamps with time zone', async () => {
  const at = "((d.day + interval '23 hours 30 minutes') at time zone 'America/New_York')";
  const inUtc = `date_trunc('month', ${at} at time zone 'UTC')`;
  await write(
    'models/gold/parted.sql',
    parted('unlogged=True', 'at')
      .replace('d.day, d.amount', `${at} as at, d.day, d.amount`)
      .replace("date_trunc('month', d.day) in", `${inUtc} in`)
      .replace(
        "select date_trunc('month', day) from {{ ref('days') }}",
        `select ${inUtc} from {{ ref('days') }} d`,
      ),
  );
  await build();
  // 31 January, 23:30 in New York, is February.
  expect(await rows(`select count(*)::int from dev.parted where at < '2024-02-01 00:00+00'`)).toEqual([1]);
  const before = await months();
  await add(2, [3, '2024-02-02', 6]);
  await build();
  const after = await months();
  expect(Object.keys(after).filter((month) => after[month] !== before[month])).toEqual(['2024-02']);
  expect(await rows('select count(*)::int from dev.parted')).toEqual([5]);
});
