import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => shop.remove());
afterAll(() => database.drop());

const SETTINGS = `name: shop
version: '1.0'
profile: shop
quoting: {database: false, schema: false, identifier: false}
seeds: {+quote_columns: false}
`;

test('names without quotes are folded by the server, and found again', async () => {
  shop = await smallProject(database.url, {
    'dbt_project.yml': SETTINGS,
    'seeds/Letters.csv': 'id,Letter\n1,a\n2,b\n',
    'models/Every.sql':
      "{{ config(materialized='incremental') }} select letter, '{{ ref('Letters') }}' as seen, '{{ is_incremental() }}' as again from {{ ref('Letters') }}",
    'models/Quoted.sql': "select {{ source('kept', 'Odd') }}.* from {{ source('kept', 'Odd') }}",
    'models/sources.yml': `sources:
  - name: kept
    schema: shop
    quoting: {identifier: true}
    tables: [{name: Odd}]
`,
  });
  await withClient(database.url, (client) =>
    client.query('create schema shop; create table shop."Odd" as select 1 as n'),
  );
  for (const time of [1, 2]) {
    const { code, stdout } = await shop.transform('build');
    expect([time, code, code === 0 ? '' : stdout]).toEqual([time, 0, '']);
  }
  const { rows } = await withClient(database.url, (client) =>
    client.query('select letter, seen, again from shop.every order by again, letter'),
  );
  const seen = `${new URL(database.url).pathname.slice(1)}.shop.Letters`;
  expect(rows.map(Object.values)).toEqual([
    ['a', seen, 'False'],
    ['b', seen, 'False'],
    ['a', seen, 'True'],
    ['b', seen, 'True'],
  ]);
}, 60_000);
