import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

beforeAll(async () => {
  database = await testDatabase();
  return () => database.drop();
});
afterEach(async () => {
  await shop.remove();
  await withClient(database.url, (client) => client.query('drop schema if exists shop, other cascade'));
});

const EVENTS = `{{ config(materialized='table', event_time='at') }}
select * from (values (1, '2024-01-01 05:00+00'::timestamptz), (2, '2024-01-02 05:00+00'), (0, '2024-01-03 05:00+00'),
  (4, '2024-01-04 05:00+00')) as t(id, at)`;
const BATCHED = `{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id', event_time='at',
  begin='2024-01-01', batch_size='day') }}
select id, at, 1 / (id - {{ var('bad') }}) as x, '{{ invocation_id }}' as by from {{ ref('events') }}`;
const DAYS = ['--event-time-start', '2024-01-01', '--event-time-end', '2024-01-05'];

interface Result {
  readonly unique_id: string;
  readonly status: string;
  readonly message: string;
  readonly batch_results: unknown;
}

async function resultOf(name: string): Promise<Result | undefined> {
  const text = await readFile(join(shop.dir, 'target/run_results.json'), 'utf8');
  const { results } = JSON.parse(text) as { results: Result[] };
  return results.find(({ unique_id: id }) => id === `model.shop.${name}`);
}

const rows = (sql: string) =>
  withClient(database.url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
const day = (n: number) => [`2024-01-0${n}T00:00:00+00:00`, `2024-01-0${n + 1}T00:00:00+00:00`];

async function batched(vars: string) {
  shop = await smallProject(database.url, {
    'models/events.sql': EVENTS,
    'models/mb.sql': BATCHED,
    'models/below.sql': "select * from {{ ref('mb') }}",
  });
  return shop.transform('run', ...DAYS, '--vars', vars);
}

// Statuses, messages and batch_results as the original (1.10.23) wrote them for the same project.
test('of a microbatch model only the batches that failed are built again, into the table that stands', async () => {
  const first = await batched('{bad: 0}');
  expect(first.code).toBe(1);
  expect(first.stdout).toContain('PASS=1 WARN=0 ERROR=1 SKIP=1');
  expect(first.stderr).toMatch(/Batch 2 of 4 OK incremental shop\.mb 2024-01-02 \[MERGE 1 in [\d.]+s\]\n/);
  expect(first.stderr).toMatch(/Batch 3 of 4 ERROR incremental shop\.mb 2024-01-03 \[ERROR in/);
  expect(first.stderr).toMatch(/2 of 3 PARTIAL incremental shop\.mb \[PARTIAL SUCCESS \(3\/4\) in/);
  expect(await resultOf('mb')).toMatchObject({
    status: 'partial success',
    message: expect.stringMatching(/^PARTIAL SUCCESS \(3\/4\)\n[\s\S]*division by zero/),
    batch_results: { successful: [day(1), day(2), day(4)], failed: [day(3)] },
  });
  const before = await rows('select id, by from shop.mb order by id');
  const retried = await shop.transform('retry', '--vars', '{bad: 9}', '--full-refresh');
  expect(retried).toMatchObject({ code: 0, stdout: expect.stringContaining('PASS=2') });
  expect(retried.stderr).toContain('Batch 1 of 1 OK incremental shop.mb 2024-01-03');
  expect(await resultOf('mb')).toMatchObject({
    status: 'success',
    batch_results: { successful: [day(3), day(1), day(2), day(4)], failed: [] },
  });
  const after = await rows('select id, by from shop.mb where id <> 0 order by id');
  expect(after).toEqual(before);
  expect(await rows('select count(*)::int as n from shop.mb')).toEqual([{ n: 4 }]);
}, 60_000);

test('when the first batch fails nothing was done, and all of them are built again', async () => {
  expect(await batched('{bad: 1}')).toMatchObject({ code: 1 });
  expect(await resultOf('mb')).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/^ERROR\n/),
    batch_results: { successful: [], failed: [day(1), day(2), day(3), day(4)] },
  });
  expect(await shop.transform('retry', '--vars', '{bad: 9}')).toMatchObject({ code: 0 });
  expect(await rows('select count(*)::int as n from shop.mb')).toEqual([{ n: 4 }]);
}, 60_000);

test('SQL of each batch is written, as compiled and as run', async () => {
  await batched('{bad: 0}');
  const file = (path: string) => readFile(join(shop.dir, 'target', path), 'utf8');
  expect(await file('compiled/shop/models/mb/mb_2024-01-02.sql')).toMatch(
    /at >= '2024-01-02 00:00:00\+00:00'/,
  );
  expect(await file('run/shop/models/mb/mb_2024-01-02.sql')).toMatch(/merge into .*"mb"/i);
  expect(await file('run/shop/models/events.sql')).toMatch(/create table "\w+"."shop"."events/);
}, 60_000);

const BROKEN = {
  'models/a.sql': 'select 1 as id',
  'models/b.sql': "select {{ var('n') }} as id from {{ ref('a') }}",
};

test('flags, variables and deferral of before hold again', async () => {
  shop = await smallProject(database.url, {
    ...BROKEN,
    'models/c.sql':
      "{{ config(materialized='incremental') }} select {{ flags.FULL_REFRESH }} as full_refresh from {{ ref('b') }}",
  });
  await shop.transform(
    'run',
    '--vars',
    '{n: 1}',
    '--warehouse-schema',
    'other',
    '--target-path',
    'production',
  );
  const failed = await shop.transform(
    ...['run', '--select', 'b+', '--vars', '{n: nothing}', '--full-refresh'],
    ...['--defer', '--state', join(shop.dir, 'production')],
  );
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('ERROR=1 SKIP=1') });
  await shop.write({ 'models/b.sql': "select length('{{ var('n') }}') as id from {{ ref('a') }}" });
  expect(await shop.transform('retry')).toMatchObject({ code: 0, stdout: expect.stringContaining('PASS=2') });
  expect(await rows('select id, full_refresh from shop.b, shop.c')).toEqual([{ id: 7, full_refresh: true }]);
  expect(await rows("select to_regclass('shop.a') as a")).toEqual([{ a: null }]);
}, 60_000);

test('what Ctrl-C stopped is taken up', async () => {
  shop = await smallProject(database.url, {
    'models/a.sql': 'select 1 as id',
    'models/b.sql':
      "{{ config(materialized='table') }} select pg_sleep({{ var('s', 60) }})::text as id from {{ ref('a') }}",
    'models/c.sql': "select * from {{ ref('b') }}",
  });
  const running = shop.start('run');
  await running.said('START table shop.b');
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('PASS=1 WARN=0 ERROR=0 SKIP=2'),
  });
  expect(await shop.transform('retry', '--vars', '{s: 0}')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('PASS=2 WARN=0 ERROR=0 SKIP=0'),
  });
}, 60_000);
