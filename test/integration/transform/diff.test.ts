import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, {
    'models/orders.sql': `{{ config(materialized='incremental', unique_key='id') }}
      select * from {{ source('raw', 'orders') }} {% if is_incremental() %} where id > 1000000 {% endif %}`,
    'models/pairs.sql':
      "{{ config(materialized='table', unique_key=['a', 'b'], alias='Odd \"name\"') }} select * from shop.raw_pairs",
    'models/plain.sql': "{{ config(materialized='view') }} select * from {{ source('raw', 'orders') }}",
    'models/raw.yml':
      'sources: [{name: raw, schema: shop, tables: [{name: orders, identifier: raw_orders}]}]',
  });
});
afterEach(() => run('drop schema if exists shop cascade'));
afterAll(async () => {
  await shop.remove();
  await database.drop();
});

const run = (sql: string) => withClient(database.url, (client) => client.query(sql));

const orders = (rows: string, columns = 'id, amount, note') =>
  run(`create schema if not exists shop; drop table if exists shop.raw_orders cascade;
    create table shop.raw_orders as select * from (values ${rows}) as v(${columns})`);

const diffOf = async (model: string, ...args: string[]) => {
  const { code, stdout, stderr } = await shop.transform('diff', model, '--output', 'json', ...args);
  if (stdout === '') throw new Error(stderr);
  return { code, diff: JSON.parse(stdout) as Record<string, unknown> };
};

test('rows added, removed and changed, by the unique key; columns and types; what stands is as it was', async () => {
  await orders("(1, 10, 'a'), (2, 20, 'b'), (3, 30, null)");
  await shop.transform('run', '--select', 'orders');
  await orders(
    '(1, 10, true), (2, 21, true), (3, 30, true), (4, 40, false), (5, 50, false)',
    'id, amount, paid',
  );
  const { code, diff } = await diffOf('orders');
  expect(code).toBe(0);
  expect(diff).toMatchObject({
    relation: 'shop.orders',
    same: false,
    columns: [
      { column: 'note', change: 'removed', published: 'text', candidate: null },
      { column: 'paid', change: 'added', published: null, candidate: 'boolean' },
    ],
    rows: { published: '3', candidate: '5' },
    onlyPublished: '1',
    onlyCandidate: '3',
    keys: { added: '2', removed: '0', changed: '1', byColumn: { amount: '1' } },
  });
  const { rows } = await run('select count(*)::int as n from shop.orders');
  expect(rows).toEqual([{ n: 3 }]);
  const { rows: schemas } = await run("select 1 from pg_namespace where nspname like 'penstock_diff%'");
  expect(schemas).toEqual([]);
});

test('for people it is a table each; with --exit-code a difference ends with 1', async () => {
  await orders("(1, 10, 'a'), (2, 20, 'b')");
  await shop.transform('run', '--select', 'orders');
  expect(await shop.transform('diff', 'orders', '--exit-code')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^shop\.orders: the same\n/),
  });
  await orders("(1, 10, 'a'), (3, 20, 'c')");
  const { code, stdout } = await shop.transform('diff', 'orders', '--exit-code');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^shop\.orders: different\n/);
  expect(stdout).toMatch(/added +removed +changed\n[─ ]+\n *1 +1 +0/);
  expect(await shop.transform('diff', 'orders')).toMatchObject({ code: 0 });
});

test('a key that is not unique joins nothing, and is told; NULL in a key is on no other side; names may be odd', async () => {
  await orders('(1, 1, 1)');
  await run('create table shop.raw_pairs as select 1 as a, i as b, i as c from generate_series(1, 3) as i');
  await shop.transform('run', '--select', 'pairs');
  await run('insert into shop.raw_pairs values (1, null, 9), (1, 4, 4)');
  expect((await diffOf('pairs')).diff).toMatchObject({ keys: { added: '2', removed: '0', changed: '0' } });
  await run('insert into shop.raw_pairs values (1, 4, 5)');
  expect((await diffOf('pairs')).diff).toMatchObject({
    rows: { candidate: '6' },
    keys: { added: '0', repeated: { published: '0', candidate: '1' } },
  });
  expect((await shop.transform('diff', 'pairs')).stdout).toContain('0 keys published, 1 in the candidate');
});

test('a view is compared as a table is; without a key rows are; what does not stand yet is said', async () => {
  await orders("(1, 10, 'a')");
  expect((await diffOf('plain', '--exit-code')).code).toBe(1);
  expect((await shop.transform('diff', 'plain')).stdout).toBe(
    'shop.plain does not stand yet; the candidate has 1 rows\n',
  );
  await shop.transform('run', '--select', 'plain');
  expect((await diffOf('plain')).diff).toMatchObject({ same: true, onlyPublished: '0' });
  expect((await diffOf('plain')).diff['keys']).toBeUndefined();
});

test('a large table is compared on the server: this process holds no rows of it', async () => {
  await run(`create schema shop; create table shop.raw_orders as
    select i as id, i % 97 as amount, repeat('x', 200) as note from generate_series(1, 50000) as i`);
  await shop.transform('run', '--select', 'orders');
  await run('update shop.raw_orders set amount = -1 where id % 1000 = 0');
  const started = performance.now();
  const { diff } = await diffOf('orders');
  expect(diff).toMatchObject({ keys: { changed: '50', byColumn: { amount: '50' } }, onlyCandidate: '50' });
  expect(performance.now() - started).toBeLessThan(30_000);
}, 90_000);

test.each([
  ['nothing', 'MODEL_UNKNOWN'],
  ['raw_orders', 'MODEL_UNKNOWN'],
])('%s is no model to compare', async (model, code) => {
  expect(await shop.transform('diff', model)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(code),
  });
});
