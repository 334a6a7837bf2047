import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
const projects: SmallProject[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const project of projects.splice(0)) await project.remove();
  await withClient(database.url, (client) => client.query('drop schema if exists shop, dev cascade'));
});
afterAll(() => database.drop());

async function project(files: Readonly<Record<string, string>>): Promise<SmallProject> {
  const made = await smallProject(database.url, files);
  projects.push(made);
  return made;
}

const table = (sql: string): string => `{{ config(materialized='table') }}\n${sql}`;

const rowsOf = (sql: string): Promise<unknown[]> =>
  withClient(database.url, async (client) => (await client.query(sql)).rows);

const relations = async (): Promise<string[]> => {
  const rows = await rowsOf(
    `select relname || ':' || relkind::text as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where nspname = 'shop' and relkind in ('r', 'v') order by 1`,
  );
  return rows.map((row) => (row as { name: string }).name);
};

const resultsOf = async ({
  dir,
}: SmallProject): Promise<Map<string, { status: string; message: string | null }>> => {
  const text = await readFile(join(dir, 'target/run_results.json'), 'utf8');
  const { results } = JSON.parse(text) as {
    results: { unique_id: string; status: string; message: string | null }[];
  };
  return new Map(results.map((result) => [result.unique_id, result]));
};

/** `a` → `b` → `c`, `a` → `d`; a test of `b` fails when `b` has rows. */
const FORKED = {
  'models/a.sql': 'select 1 as id',
  'models/b.sql': table("select * from {{ ref('a') }}"),
  'models/c.sql': table("select * from {{ ref('b') }}"),
  'models/d.sql': table("select * from {{ ref('a') }}"),
  'tests/b_is_empty.sql': "select * from {{ ref('b') }}",
};

test('a build tells each node on a line of one kind, and ends with the counts', async () => {
  const { 'tests/b_is_empty.sql': _failing, ...files } = FORKED;
  const shop = await project(files);
  const { code, stdout, stderr } = await shop.transform('build', '--threads', '1');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'Done. PASS=4 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=4\n',
  });
  const lines = stderr.trim().split('\n');
  expect(lines[0]).toBe('Running 4 models with 1 thread');
  expect(lines[1]).toBe('1 of 4 START view shop.a');
  expect(lines[2]).toMatch(/^1 of 4 OK view shop\.a \[CREATE VIEW in \d+\.\d\ds\]$/);
  expect(lines[4]).toMatch(/^2 of 4 OK table shop\.b \[SELECT 1 in \d+\.\d\ds\]$/);
  expect(await relations()).toEqual(['a:v', 'b:r', 'c:r', 'd:r']);
});

test('in a build a failing test holds back only what hangs below it', async () => {
  const shop = await project(FORKED);
  const { code, stdout, stderr } = await shop.transform('build');
  expect(code).toBe(1);
  expect(stdout).toBe('Done. PASS=3 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=5\n');
  expect(stderr).toMatch(/FAIL 1 test b_is_empty/);
  expect(stderr).toMatch(/SKIP table shop\.c\n/);
  expect(await relations()).toEqual(['a:v', 'b:r', 'd:r']);
  expect((await resultsOf(shop)).get('model.shop.c')).toMatchObject({
    status: 'skipped',
    message: 'Skipping due to upstream failure in test.shop.b_is_empty',
  });
});

test('a model that fails holds back what reads it, and its error names the file', async () => {
  const shop = await project({ ...FORKED, 'models/b.sql': table('select nothing from nowhere') });
  const { code, stdout, stderr } = await shop.transform('run');
  expect(code).toBe(1);
  expect(stdout).toBe('Done. PASS=2 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=4\n');
  expect(stderr).toMatch(/ERROR table shop\.b \(model\.shop\.b\)\n.*nowhere/);
});

test('a run has no tests, and a test run no models', async () => {
  const shop = await project(FORKED);
  expect((await shop.transform('run')).stdout).toContain('PASS=4 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=4');
  const tested = await shop.transform('test');
  expect(tested.code).toBe(1);
  expect(tested.stdout).toContain('PASS=0 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=1');
});

test('after the first failure --fail-fast begins nothing more', async () => {
  const shop = await project({
    ...FORKED,
    'models/a.sql': 'select 1 as id from nowhere',
    'models/z.sql': 'select 1',
  });
  const { code, stdout } = await shop.transform('run', '--fail-fast', '--threads', '1');
  expect(code).toBe(1);
  expect(stdout).toContain('PASS=0 WARN=0 ERROR=1 SKIP=4');
  expect((await resultsOf(shop)).get('model.shop.z')).toMatchObject({ message: 'Skipping due to fail_fast' });
});

test('retry takes up what failed and was skipped, with the flags of before', async () => {
  const shop = await project({ ...FORKED, 'models/b.sql': table("select {{ var('n') }} as id where false") });
  await shop.transform('build', '--vars', '{n: broken}');
  await shop.write({ 'models/b.sql': table('select 1 as id where false') });
  const { code, stdout, stderr } = await shop.transform('retry');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'Done. PASS=3 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=3\n',
  });
  expect(stderr).not.toContain('shop.a');
  const again = await shop.transform('retry');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to retry') });
});

test('deferred, what does not stand here is read where another environment has it', async () => {
  const { 'tests/b_is_empty.sql': _failing, ...files } = FORKED;
  const shop = await project(files);
  await shop.transform('build', '--target-path', 'production');
  const dev = ['--warehouse-schema', 'dev', '--select', 'c'];
  const state = ['--defer', '--state', join(shop.dir, 'production')];
  expect(await shop.transform('run', ...dev)).toMatchObject({ code: 1 });
  expect(await shop.transform('run', ...dev, ...state)).toMatchObject({ code: 0 });
  const source = async () => {
    const [row] = await rowsOf('select * from dev.c');
    return row;
  };
  expect(await source()).toEqual({ id: 1 });
  // What stands here is read here, unless the other environment is preferred.
  await withClient(database.url, (client) => client.query('create table dev.b as select 2 as id'));
  await shop.transform('run', ...dev, ...state);
  expect(await source()).toEqual({ id: 2 });
  await shop.transform('run', ...dev, ...state, '--favor-state');
  expect(await source()).toEqual({ id: 1 });
  expect(await shop.transform('run', ...dev, '--defer', '--state', '/nowhere')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MODEL_DEFER_STATE_MISSING'),
  });
});

test('a dry run builds everything with no rows', async () => {
  const shop = await project({
    ...FORKED,
    'models/aside.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
    'models/e.sql': table("select * from {{ ref('aside') }}"),
    'tests/b_is_empty.sql': "select * from {{ ref('b') }} where false",
  });
  expect(await shop.transform('build', '--empty')).toMatchObject({ code: 0 });
  expect(
    await rowsOf('select id from shop.b union all select id from shop.d union all select id from shop.e'),
  ).toEqual([]);
});

test('hooks run around the nodes; those at the end know results and schemas', async () => {
  const shop = await project({
    ...FORKED,
    'dbt_project.yml': `name: shop
profile: shop
on-run-start: create table if not exists shop.audit (node text, status text)
on-run-end:
  - >-
    {% for result in results %}insert into shop.audit values ('{{ result.node.unique_id }}', '{{ result.status }}{{ ' compiled' if '{{' not in (result.node.compiled_code or '{{') }}');
    {% endfor %}
  - insert into shop.audit values ('schemas', '{{ schemas | join(",") }}')
`,
  });
  const { code } = await shop.transform('build');
  expect(code).toBe(1);
  const audit = await rowsOf("select node || ' ' || status as line from shop.audit order by 1");
  expect(audit.map((row) => (row as { line: string }).line)).toEqual([
    'model.shop.a success compiled',
    'model.shop.b success compiled',
    'model.shop.c skipped',
    'model.shop.d success compiled',
    'schemas shop',
    'test.shop.b_is_empty fail compiled',
  ]);
});

test('the first Ctrl-C cancels the SQL on the server and reports the rest as skipped', async () => {
  const shop = await project({
    'models/slow.sql': table('select pg_sleep(60)::text as slept'),
    'models/after.sql': "select * from {{ ref('slow') }}",
  });
  const running = shop.start('run');
  const sleeping = async () =>
    (
      await rowsOf(
        "select 1 from pg_stat_activity where query like '%pg_sleep(60)%' and datname = current_database() and pid <> pg_backend_pid()",
      )
    ).length;
  await waitFor(async () => (await sleeping()) > 0, { what: 'the model to run', timeoutMs: 20_000 });
  running.child.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  expect(stdout).toBe('Done. PASS=0 WARN=0 ERROR=0 SKIP=2 NO-OP=0 TOTAL=2\n');
  await waitFor(async () => (await sleeping()) === 0, { what: 'the server to stop', timeoutMs: 5_000 });
  expect(await relations()).toEqual([]);
  expect((await resultsOf(shop)).get('model.shop.after')).toMatchObject({
    status: 'skipped',
    message: 'Skipping due to cancellation',
  });
});

test('progress as JSON is one object a line', async () => {
  const shop = await project(FORKED);
  const { stdout, stderr } = await shop.transform('build', '--log-format', 'json');
  expect(stderr).toBe('');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const finished = lines.filter(({ data }) => data.node_info !== undefined && data.status !== undefined);
  expect(finished.map(({ data }) => `${data.node_info?.unique_id} ${data.status}`).sort()).toEqual([
    'model.shop.a success',
    'model.shop.b success',
    'model.shop.c skipped',
    'model.shop.d success',
    'test.shop.b_is_empty fail',
  ]);
  expect(lines.at(-1)).toMatchObject({ info: { name: 'StatsLine' }, data: { stats: { error: 1, skip: 1 } } });
});

interface Line {
  readonly info: { readonly name: string };
  readonly data: { readonly status?: string; readonly node_info?: { readonly unique_id: string } };
}

test('with --json the results are one document', async () => {
  const shop = await project(FORKED);
  const { stdout } = await shop.transform('build', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    succeeded: false,
    counts: { pass: 3, error: 1, skip: 1, total: 5 },
  });
});

test('a model in Python ends in an error and holds back what reads it; the others are built', async () => {
  const shop = await project({
    'models/a.sql': table('select 1 as id'),
    'models/b.py': "def model(dbt, session):\n    return dbt.ref('a').filter('id > 0')\n",
    'models/c.sql': "select * from {{ ref('b') }}",
  });
  expect(await shop.transform('run')).toMatchObject({ code: 1 });
  const results = await resultsOf(shop);
  expect([...results].map(([id, { status }]) => `${id} ${status}`).sort()).toEqual([
    'model.shop.a success',
    'model.shop.b error',
    'model.shop.c skipped',
  ]);
  expect(results.get('model.shop.b')?.message).toMatch(/Python/);
});
