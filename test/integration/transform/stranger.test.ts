import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli } from '../cli/spawn-cli.ts';
import { type SmallProject, smallProject } from './small-project.ts';

/** What somebody meets who has never run this, or whose machine fails in the middle. */
let database: TestDatabase;
let shop: SmallProject;
const ROLE = `stranger_${process.pid}`;

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, { 'models/a.sql': 'select 1 as id' });
  await run(`create role ${ROLE} login password 'guest'`);
});
afterEach(() => run('drop schema if exists shop cascade'));
afterAll(async () => {
  await shop.remove();
  await run(`drop role ${ROLE}`);
  await database.drop();
});

const run = (sql: string) =>
  withClient(database.url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
const as = (user: string, password: string): string => {
  const url = new URL(database.url);
  Object.assign(url, { username: user, password });
  return url.href;
};

const relations = async (): Promise<string[]> => {
  const rows = await run(
    "select relname::text as n from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'shop' order by 1",
  );
  return rows.map(({ n }) => String(n));
};

test.each<[string, () => readonly string[], readonly string[]]>([
  ['no folder', () => ['--project-dir', '/nowhere'], ['TRANSFORM_NO_PROJECT', 'folder=/nowhere']],
  [
    'an address that is none',
    () => ['--warehouse-url', 'host=x'],
    ['TRANSFORM_URL_INVALID', 'source=--warehouse-url'],
  ],
  [
    'a server that is not there',
    () => ['--warehouse-url', 'postgres://u:hidden@127.0.0.1:1/x'],
    ['Connecting to database x at 127.0.0.1:1 as u, by --warehouse-url', 'POSTGRES_UNAVAILABLE'],
  ],
  [
    'a wrong password',
    () => ['--warehouse-url', as(ROLE, 'hidden')],
    [`as ${ROLE}, by --warehouse-url`, 'POSTGRES_DENIED', '28P01'],
  ],
  [
    'no right to make a schema',
    () => ['--warehouse-url', as(ROLE, 'guest')],
    ['POSTGRES_DENIED', 'permission denied for database'],
  ],
])('%s is told in a line or two, without any secret', async (_, args, told) => {
  const { code, stdout, stderr } = await shop.transform('build', ...args());
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  for (const text of told) expect(stderr).toContain(text);
  expect(stderr).not.toContain('hidden');
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
});

test('YAML that is broken is named with its line', async () => {
  const broken = await smallProject(database.url, {
    'models/x.yml': 'models:\n  - name: a\n   columns: [\n',
  });
  const { code, stderr } = await broken.transform('build');
  await broken.remove();
  expect(code).toBe(1);
  expect(stderr).toMatch(/models\/x\.yml:3 /);
});

test('a project may live in a path with blanks', async () => {
  const other = await smallProject(database.url, { 'models/a b/c.sql': 'select 1 as id' });
  const moved = join(other.dir, 'my projects', 'shop one');
  await mkdir(moved, { recursive: true });
  for (const name of ['dbt_project.yml', 'models']) await rename(join(other.dir, name), join(moved, name));
  const { code } = await cli(['transform', 'build', '--warehouse-schema', 'shop'], {
    DBT_PROJECT_DIR: moved,
    PENSTOCK_WAREHOUSE_URL: database.url,
    HOME: other.dir,
  });
  await other.remove();
  expect(code).toBe(0);
  expect(await relations()).toEqual(['c']);
});

test('time zone and styles are those of the database, as for any other client', async () => {
  const { name } = database;
  await run(`alter database "${name}" set timezone = 'Europe/Berlin'`);
  const project = await smallProject(database.url, {
    'models/s.sql': `select (interval '1 day 02:00')::text as i, '01/02/2024'::date::text as d,
      (timestamptz '2024-01-01 23:30+00')::date::text as t`,
  });
  expect(await project.transform('show', '--select', 's', '--output', 'json')).toMatchObject({
    stdout: expect.stringMatching(/"i": "1 day 02:00:00",\s+"d": "2024-01-02",\s+"t": "2024-01-02"/),
  });
  await project.remove();
  await run(`alter database "${name}" reset timezone`);
});

const SLOW = `{{ config(materialized='table') }} select pg_sleep({{ var('s', 120) }})::text as slept`;
const sleeping = async (): Promise<number> =>
  (
    await run(
      "select 1 from pg_stat_activity where query like '%pg_sleep(120)%' and datname = current_database() and pid <> pg_backend_pid()",
    )
  ).length;

test.each([
  ['SIGINT', 1_500],
  ['SIGKILL', 8_000],
] as const)(
  'after %s nothing runs on the server, nothing is half made, and the next run is as any',
  async (signal, withinMs) => {
    const project = await smallProject(database.url, {
      'models/slow.sql': SLOW,
      'models/after.sql': "select * from {{ ref('slow') }}",
    });
    await project.transform('run', '--vars', '{s: 0}');
    const before = await run("select 'shop.slow'::regclass::oid as oid");
    const running = project.start('run');
    await waitFor(async () => (await sleeping()) > 0, { what: 'the model to run', timeoutMs: 20_000 });
    running.child.kill(signal);
    await waitFor(async () => (await sleeping()) === 0, { what: 'the server to stop', timeoutMs: withinMs });
    expect((await running.ended).code).toBe(signal === 'SIGINT' ? 1 : null);
    expect(await run("select 'shop.slow'::regclass::oid as oid")).toEqual(before);
    expect(await relations()).toEqual(['after', 'slow']);
    expect(await project.transform('run', '--vars', '{s: 0}')).toMatchObject({ code: 0 });
    expect(await relations()).toEqual(['after', 'slow']);
    await project.remove();
  },
  60_000,
);

test('what another tool left under the names to be used is in nobody’s way', async () => {
  await run(
    'create schema shop; create table shop.a__dbt_tmp as select 1 as x; create view shop.a__dbt_backup as select 2 as x',
  );
  expect(await shop.transform('run')).toMatchObject({ code: 0 });
  expect(await relations()).toEqual(['a']);
});
