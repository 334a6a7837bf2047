import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject | undefined;

beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.url, (client) =>
    client.query(`create schema raw;
      create table raw.young as select now() - interval '5 minutes' as loaded_at;
      create table raw.old as select now() - interval '90 minutes' as loaded_at;
      create table raw.ancient as select now() - interval '3 days' as loaded_at;
      create table raw.hooked (said text)`),
  );
});
afterEach(async () => {
  await shop?.remove();
  shop = undefined;
});
afterAll(() => database.drop());

const SOURCES = `sources:
  - name: raw
    loaded_at_field: loaded_at
    freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 1, period: day}}
    tables: [{name: young}, {name: old}, {name: ancient}, {name: off, freshness: null}]
`;

async function project(files: Readonly<Record<string, string>> = {}): Promise<SmallProject> {
  shop = await smallProject(database.url, {
    'models/sources.yml': SOURCES,
    'models/of_young.sql': "select * from {{ source('raw', 'young') }}",
    'models/of_old.sql': "select * from {{ source('raw', 'old') }}",
    ...files,
  });
  return shop;
}

const measuredIn = async (file: string): Promise<string[]> => {
  const { results } = JSON.parse(await readFile(file, 'utf8')) as {
    results: { unique_id: string; status: string }[];
  };
  return results.map(({ unique_id, status }) => `${unique_id}:${status}`).sort();
};

test('a table older than error_after ends with 1, and is named with its age', async () => {
  const { dir, transform } = await project();
  const { code, stderr, stdout } = await transform('freshness', '--threads', '1');
  expect(code).toBe(1);
  expect(stderr).toMatch(/1 of 3 START freshness of raw\.ancient/);
  expect(stderr).toMatch(/1 of 3 ERROR freshness of raw\.ancient \[3 days old; error after 1 day in \d/);
  expect(stderr).toMatch(
    /2 of 3 WARN freshness of raw\.old \[1 hour 30 minutes old; warn after 1 hour in \d/,
  );
  expect(stderr).toMatch(/3 of 3 PASS freshness of raw\.young \[5 minutes .*old in \d/);
  expect(stdout).toBe('Done. PASS=1 WARN=1 ERROR=1 SKIP=0 NO-OP=0 TOTAL=3\n');
  expect(await measuredIn(join(dir, 'target/sources.json'))).toEqual([
    'source.shop.raw.ancient:error',
    'source.shop.raw.old:warn',
    'source.shop.raw.young:pass',
  ]);
});

test('a warning ends with 0; --select, --output and the name the original gives the verb are understood', async () => {
  const { dir, start } = await project();
  const args = ['--select', 'source:raw.old', 'source:raw.young', '--exclude', 'source:raw.young'];
  const { code, stdout } = await start('source', 'freshness', '-o', join(dir, 'old.json'), '--json', ...args)
    .ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    succeeded: true,
    counts: { warn: 1, total: 1 },
    results: [{ uniqueId: 'source.shop.raw.old', status: 'warn' }],
  });
  expect(await measuredIn(join(dir, 'old.json'))).toEqual(['source.shop.raw.old:warn']);
});

test("hooks of the project run around it, unless the project's flag says no", async () => {
  const hooked = (flags: string) => `name: shop
version: '1.0'
profile: shop
on-run-start: ["insert into raw.hooked values ('start')"]
on-run-end: ["insert into raw.hooked values ('{{ results | map(attribute='status') | join(',') }}')"]
${flags}`;
  const { write, transform } = await project({ 'dbt_project.yml': hooked('') });
  const said = () =>
    withClient(database.url, async (client) => {
      const { rows } = await client.query<{ said: string }>('select said from raw.hooked');
      await client.query('truncate raw.hooked');
      return rows.map((row) => row.said);
    });
  await transform('freshness', '--select', 'source:raw.old');
  expect(await said()).toEqual(['start', 'warn']);
  await write({ 'dbt_project.yml': hooked('flags: {source_freshness_run_project_hooks: false}') });
  await transform('freshness', '--select', 'source:raw.old');
  expect(await said()).toEqual([]);
});

test('source_status:fresher selects what reads tables that were loaded since', async () => {
  const { dir, transform } = await project();
  await transform('freshness', '--target-path', join(dir, 'before'));
  await withClient(database.url, (client) => client.query('update raw.young set loaded_at = now()'));
  await transform('freshness');
  const { stdout } = await transform(
    'ls',
    '--select',
    'source_status:fresher+',
    '--state',
    join(dir, 'before'),
  );
  expect(stdout.trim().split('\n').sort()).toEqual(['shop.of_young', 'source:shop.raw.young']);
});
