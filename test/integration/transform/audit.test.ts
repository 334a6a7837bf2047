import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await shop.remove();
  await withClient(database.url, (client) => client.query('drop schema if exists shop cascade'));
});
afterAll(() => database.drop());

const AMOUNT = {
  'models/orders.sql': "{{ config(materialized='table') }} select {{ var('amount', 5) }} as amount",
  'models/below.sql':
    "{{ config(materialized='table') }} select amount, pg_sleep({{ var('sleep', 0) }}) is null as x from {{ ref('orders') }}",
  'tests/positive.sql': "select * from {{ ref('orders') }} where amount < 0",
};

const shopTables = (): Promise<string[]> =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'shop'::regnamespace order by 1",
    );
    return rows.map(({ name }) => name);
  });
const amount = () =>
  withClient(database.url, async (client) => (await client.query('select amount from shop.orders')).rows[0]);

test('build --audit publishes together what passed, says so, and names what it kept', async () => {
  shop = await smallProject(database.url, AMOUNT);
  const first = await shop.transform('build', '--audit');
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('PASS=3') });
  expect(first.stderr).toMatch(/Published 2 relations together \[[\d.]+s\]/);
  const refused = await shop.transform('build', '--audit', '--vars', '{amount: -1}');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('PASS=0 WARN=0 ERROR=2 SKIP=1');
  expect(refused.stderr).toMatch(
    /ERROR table shop\.orders \(model\.shop\.orders\)\n {2}built, and not published: test\.shop\.positive failed; kept as shop\.inv[0-9a-f]{12}_c_orders\n/,
  );
  expect(await amount()).toEqual({ amount: 5 });
  // A retry takes the flag up, and what was withheld.
  const retried = await shop.transform('retry', '--vars', '{amount: 6}');
  expect(retried).toMatchObject({ code: 0, stdout: expect.stringContaining('PASS=3') });
  expect(retried.stderr).toContain('Published 2 relations together');
  expect(await amount()).toEqual({ amount: 6 });
  expect(await shopTables()).toEqual(['below', 'orders']);
});

test('the project may ask for it, the environment too, and the command line has the last word', async () => {
  shop = await smallProject(
    database.url,
    {
      ...AMOUNT,
      'dbt_project.yml': "name: shop\nversion: '1.0'\nprofile: shop\nflags: { penstock_audit: true }\n",
    },
    {},
  );
  expect((await shop.transform('build')).stderr).toContain('Published 2 relations');
  expect((await shop.transform('build', '--no-audit')).stderr).not.toContain('Published');
  await shop.remove();
  shop = await smallProject(database.url, AMOUNT, { PENSTOCK_TRANSFORM_AUDIT: 'true' });
  expect((await shop.transform('build')).stderr).toContain('Published 2 relations');
  expect((await shop.transform('run')).stderr).not.toContain('Published');
});

test('killed in the middle, it has published nothing, and the next build takes its leavings away', async () => {
  shop = await smallProject(database.url, AMOUNT);
  await shop.transform('build');
  const killed = shop.start('build', '--audit', '--vars', '{amount: 7, sleep: 60}');
  await waitFor(async () => (await shopTables()).some((name) => /^inv.*_c_orders$/.test(name)), {
    what: 'the candidate to stand',
    timeoutMs: 20_000,
  });
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(await amount()).toEqual({ amount: 5 });
  // The server lets go of what the process held as soon as it sees it gone.
  await waitFor(
    async () => {
      await shop.transform('build', '--audit', '--vars', '{amount: 8}');
      return (await shopTables()).length === 2;
    },
    { what: 'the candidates to be dropped', timeoutMs: 20_000 },
  );
  expect(await amount()).toEqual({ amount: 8 });
});
