import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli } from '../cli/spawn-cli.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, {
    'models/orders.sql':
      "{{ config(materialized='table', tags=['daily']) }} select id, id * 2 as amount from {{ source('raw', 'orders') }}",
    'models/totals.sql': "select sum(amount) as total from {{ ref('orders') }}",
    'models/shop.yml': `
sources:
  - name: raw
    schema: shop
    tables: [{name: orders, identifier: numbers}]
models:
  - name: orders
    columns: [{name: id, data_tests: [unique]}]
`,
    'seeds/numbers.csv': 'id\n1\n2\n',
    'macros/hello.sql':
      "{% macro hello(name, n=1) %}{% do log('hello ' ~ name, info=true) %}{{ return(n + 1) }}{% endmacro %}",
  });
});
afterAll(async () => {
  await shop.remove();
  await database.drop();
});

test('every verb below transform has help with an example and --json', async () => {
  const { stdout } = await cli(['transform', '--help']);
  const verbs = [...stdout.matchAll(/^ {2}([a-z-]+)(?:\|[a-z]+)? \[options\]/gm)].map(
    ([, verb]) => verb ?? '',
  );
  expect(verbs).toEqual(
    expect.arrayContaining([
      'build',
      'run',
      'test',
      'seed',
      'snapshot',
      'compile',
      'parse',
      'ls',
      'show',
      'retry',
      'run-operation',
      'diff',
    ]),
  );
  for (const verb of verbs) {
    const help = await cli(['transform', verb, '--help']);
    expect(help.stdout).toMatch(/Examples?:\n {2}\$ penstock transform /);
    expect(help.stdout).toContain('--json');
  }
}, 60_000);

test.each([
  [['buil'], 'Did you mean build?'],
  [['build', '--selct', 'x'], 'Did you mean --select?'],
  [['build', '--threads', '0'], 'whole number'],
  [['build', '--vars', '[1]'], 'It must be a mapping'],
  [['ls', '--output', 'names'], 'Allowed choices are selector, name, path, json'],
  [['test', '--indirect-selection', 'greedy'], 'Allowed choices are eager'],
  [['diff'], "missing required argument 'model'"],
  [['show', '--limit', 'few'], 'whole number'],
])('%j is a mistake of the command line: exit 2, and a way out', async (args, hint) => {
  const { code, stdout, stderr } = await cli(['transform', ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(hint);
});

test('what users of the original pass is accepted', async () => {
  const { code } = await shop.transform(
    'parse',
    '--no-partial-parse',
    '--no-version-check',
    '--no-use-colors',
  );
  expect(code).toBe(0);
});

test('every problem of a project is listed in one go', async () => {
  const broken = await smallProject(database.url, {
    'models/a.sql': "select * from {{ ref('nowhere') }}",
    'models/b.sql': "select {{ 'unclosed }}",
    'models/c.sql': "select * from {{ source('no', 'source') }}",
  });
  const { code, stdout, stderr } = await broken.transform('build');
  await broken.remove();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  for (const place of ['models/a.sql:1', 'models/b.sql:1', 'models/c.sql:1']) expect(stderr).toContain(place);
});

test('without a target it says where one can come from', async () => {
  const { code, stderr } = await cli(['transform', 'build', '--project-dir', shop.dir]);
  expect(code).toBe(1);
  expect(stderr).toContain('PENSTOCK_WAREHOUSE_URL');
});

test.each([
  ['selector', ['source:shop.raw.orders', 'shop.orders', 'shop.unique_orders_id']],
  ['name', ['raw.orders', 'orders', 'unique_orders_id']],
  ['path', ['models/shop.yml', 'models/orders.sql']],
])('ls --output %s', async (output, expected) => {
  const { code, stdout } = await shop.transform('ls', '--output', output);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(expected));
});

test('ls prints chosen keys of chosen types', async () => {
  const args = ['--output', 'json', '--output-keys', 'name resource_type', '--resource-type', 'seed'];
  const { stdout } = await shop.transform('ls', ...args);
  expect(stdout).toBe('{"name":"numbers","resource_type":"seed"}\n');
});

test('show prints first rows, of a node and of a query; a diff tells rows and columns that changed', async () => {
  await withClient(database.url, (client) =>
    client.query(
      'create schema shop; create table shop.numbers as select * from generate_series(1, 2) as id',
    ),
  );
  expect(await shop.transform('run')).toMatchObject({ code: 0 });
  const shown = await shop.transform('show', '-s', 'orders', '--limit', '1', '--output', 'json');
  expect(JSON.parse(shown.stdout)).toMatchObject({ node: 'orders', show: [{ id: 1, amount: 2 }] });
  const inline = await shop.transform('show', '--inline', "select count(*) as n from {{ ref('orders') }}");
  expect(inline.stdout).toBe('n\n─\n2\n');
  const same = await shop.transform('diff', 'orders');
  expect(same.stdout).toMatch(/^shop\.orders: the same\n/);
  await shop.write({
    'models/orders.sql':
      "{{ config(materialized='table', unique_key='id') }} select id, id * 3 as amount, true as paid from {{ source('raw', 'orders') }}",
  });
  const { stdout } = await shop.transform('diff', 'orders', '--json');
  expect(JSON.parse(stdout)).toEqual({
    model: 'orders',
    relation: 'shop.orders',
    isPublished: true,
    columns: [{ column: 'paid', change: 'added', published: null, candidate: 'boolean' }],
    rows: { candidate: '2', published: '2' },
    onlyCandidate: '2',
    onlyPublished: '2',
    keys: {
      ...{ added: '0', removed: '0', changed: '2', byColumn: { amount: '2' } },
      repeated: { published: '0', candidate: '0' },
    },
    same: false,
  });
});

test('run-operation runs a macro with arguments, and prints what it logs', async () => {
  const { code, stdout, stderr } = await shop.transform(
    'run-operation',
    'hello',
    '--args',
    '{name: you, n: 4}',
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ macro: 'hello' });
  expect(stderr).toContain('hello you');
  expect(await shop.transform('run-operation', 'missing')).toMatchObject({ code: 1 });
});

test('debug tries target, project and connection', async () => {
  const { code, stdout } = await shop.transform('debug');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^ok {4}target: default: postgres, .*\nok {4}project: shop, 3 models, seeds and snapshots\nok {4}connection: the server answers\n$/,
  );
  const away = await cli([
    'transform',
    'debug',
    '--project-dir',
    shop.dir,
    '--warehouse-url',
    'postgres://u:secret@127.0.0.1:1/x',
  ]);
  expect(away.code).toBe(1);
  expect(away.stdout).toMatch(/ERROR connection: .*cannot be reached/);
  expect(away.stdout).not.toContain('secret');
});

test('clean removes its targets, and refuses to leave the project', async () => {
  await shop.write({ 'target/manifest.json': '{}' });
  expect(await shop.transform('clean')).toMatchObject({ code: 0, stdout: 'Removed target\n' });
  expect(existsSync(join(shop.dir, 'target'))).toBe(false);
  for (const path of ['../elsewhere', '.', 'models', '/tmp']) {
    await shop.write({
      'dbt_project.yml': `name: shop\nprofile: shop\nclean-targets: ["target", "${path}"]\n`,
    });
    expect(await shop.transform('clean')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('TRANSFORM_CANNOT_CLEAN'),
    });
  }
  await shop.write({ 'dbt_project.yml': 'name: shop\nprofile: shop\n' });
  expect(existsSync(join(shop.dir, 'models/orders.sql'))).toBe(true);
});

test('compile writes SQL below the target folder and runs nothing', async () => {
  const { code } = await shop.transform('compile', '--select', 'totals', '--target-path', 'elsewhere');
  expect(code).toBe(0);
  const sql = await readFile(join(shop.dir, 'elsewhere/compiled/shop/models/totals.sql'), 'utf8');
  expect(sql).toMatch(/^select sum\(amount\) as total from .*"shop"\."orders"$/);
  expect(existsSync(join(shop.dir, 'elsewhere/manifest.json'))).toBe(true);
});
