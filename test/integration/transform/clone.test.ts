import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;
let state: readonly string[];

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, {
    'seeds/numbers.csv': 'id\n1\n2\n',
    'models/a.sql': `{{ config(materialized='table', post_hook="comment on view {{ this }} is 'by a hook'" if target.schema == 'dev' else []) }}
      select * from {{ ref('numbers') }}`,
    'models/b.sql': "select * from {{ ref('a') }}",
    'models/e.sql': "{{ config(materialized='ephemeral') }} select * from {{ ref('a') }}",
    'models/unbuilt.sql': "select * from {{ ref('e') }}",
    'tests/none.sql': "select * from {{ ref('b') }} where id is null",
  });
  const production = join(shop.dir, 'production');
  await shop.transform('build', '--target-path', production, '--exclude', 'unbuilt');
  await shop.write({ 'models/fresh.sql': 'select 1 as id' });
  state = ['--state', production, '--warehouse-schema', 'dev'];
}, 60_000);
afterAll(async () => {
  await shop.remove();
  await database.drop();
});

const relations = (schema: string) =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query<{ n: string }>(
      `select relname || ':' || relkind::text || coalesce(':' || obj_description(c.oid), '') as n
       from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = $1 order by 1`,
      [schema],
    );
    return rows.map(({ n }) => n);
  });

// Statuses and relations as the original (1.10.23) gave for such a project.
test('clone makes a view of each relation of the other environment; one it has not is an error, one it does not know is told', async () => {
  const { code, stdout, stderr } = await shop.transform('clone', ...state);
  expect(stdout).toBe('Done. PASS=4 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=5\n');
  expect(code).toBe(1);
  expect(stderr).toMatch(/OK table dev\.a \[CREATE VIEW in/);
  expect(stderr).toMatch(/ERROR view unbuilt|ERROR view dev\.unbuilt/);
  expect(stderr).toContain('No relation found in state manifest for model.shop.fresh');
  expect(await relations('dev')).toEqual(['a:v:by a hook', 'b:v', 'numbers:v']);
  const text = await readFile(join(shop.dir, 'target/run_results.json'), 'utf8');
  const { args, results } = JSON.parse(text) as { args: object; results: { unique_id: string }[] };
  expect(args).toMatchObject({ which: 'clone' });
  expect(results.find(({ unique_id: id }) => id === 'seed.shop.numbers')).toMatchObject({
    status: 'success',
    message: 'CREATE VIEW',
    compiled_code: null,
    adapter_response: { code: 'CREATE VIEW' },
  });
  expect(await readFile(join(shop.dir, 'target/run/shop/models/b.sql'), 'utf8')).toMatch(
    /select \* from .*"shop"\."b"/,
  );
});

test('what stands stays, except in a full refresh', async () => {
  await withClient(database.url, (client) =>
    client.query('create schema mine; create table mine.b as select 7 as id'),
  );
  const mine = ['clone', ...state, '--warehouse-schema', 'mine', '--select', 'b'];
  const { code, stderr } = await shop.transform(...mine);
  expect(code).toBe(0);
  expect(stderr).toMatch(/Relation .*"mine"\."b" already exists/);
  expect(await relations('mine')).toEqual(['b:r']);
  expect(await shop.transform(...mine, '--full-refresh')).toMatchObject({ code: 0 });
  expect(await relations('mine')).toEqual(['b:v']);
});

test('without artifacts of another environment there is nothing to clone', async () => {
  expect(await shop.transform('clone')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MODEL_DEFER_STATE_MISSING'),
  });
});

test('show and compile defer as runs do', async () => {
  const elsewhere = [...state, '--warehouse-schema', 'empty', '--defer'];
  expect(await shop.transform('show', '--select', 'b', '--warehouse-schema', 'empty')).toMatchObject({
    code: 1,
  });
  const shown = await shop.transform('show', '--select', 'b', ...elsewhere, '--output', 'json');
  expect(JSON.parse(shown.stdout)).toEqual({ node: 'b', show: [{ id: 1 }, { id: 2 }] });
  const inline = await shop.transform(
    'show',
    '--inline',
    "select count(*) as n from {{ ref('e') }}",
    ...elsewhere,
  );
  expect(inline.stdout).toContain('2');
  const compiled = await shop.transform('compile', '--inline', "select * from {{ ref('b') }}", ...elsewhere);
  expect(compiled.stdout).toMatch(/"shop"\."b"/);
});
