import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, {
    'seeds/numbers.csv': 'id\n1\n2\n',
    'models/staging/orders.sql':
      "{{ config(materialized='table', tags=['daily'], meta={'owner': 'me'}) }} select id from {{ ref('numbers') }}",
    'models/totals.sql':
      "{{ config(post_hook='select 1') }} select {{ one() }} as n from {{ ref('orders') }} join {{ source('raw', 'lines') }} using (id)",
    'models/shop.yml': `
sources:
  - name: raw
    schema: shop
    tables: [{name: lines, identifier: numbers, columns: [{name: id, description: key}]}]
models:
  - name: orders
    description: All of them.
    columns:
      - {name: id, data_type: integer, data_tests: [unique, {relationships: {arguments: {to: ref('numbers'), field: id}}}]}
`,
    'tests/no_totals.sql': "select * from {{ ref('totals') }} where n > 1",
    'macros/one.sql': '{% macro one() %}1{% endmacro %}',
  });
  expect(await shop.transform('build')).toMatchObject({ code: 0 });
  expect(await shop.transform('docs', 'generate')).toMatchObject({ code: 0 });
  expect(await shop.transform('build', '--full-refresh')).toMatchObject({ code: 0 });
}, 60_000);
afterAll(async () => {
  await shop.remove();
  await database.drop();
});

type Entry = Readonly<Record<string, unknown>>;
type Artifact = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

const artifact = async (name: string): Promise<Artifact> =>
  JSON.parse(await readFile(join(shop.dir, 'target', name), 'utf8')) as Artifact;

const NODE_KEYS =
  'database schema name resource_type package_name path original_file_path unique_id fqn alias checksum config tags description columns meta group docs patch_path build_path unrendered_config created_at relation_name raw_code doc_blocks depends_on';
const SQL_KEYS =
  'language refs sources metrics compiled_path contract compiled compiled_code extra_ctes_injected extra_ctes';
const keys = (...lists: string[]): string[] => lists.flatMap((list) => list.split(' ')).sort();

// The readers of other tools are strict: a key too many is an error to them (checked once with dbt-artifacts-parser).
test.each([
  [
    'model.shop.orders',
    keys(
      NODE_KEYS,
      SQL_KEYS,
      'access constraints version latest_version deprecation_date primary_key time_spine',
    ),
  ],
  ['seed.shop.numbers', keys(NODE_KEYS, 'root_path')],
  ['test.shop.no_totals', keys(NODE_KEYS, SQL_KEYS)],
  [
    'test.shop.unique_orders_id',
    keys(NODE_KEYS, SQL_KEYS, 'column_name file_key_name attached_node test_metadata'),
  ],
])('%s has exactly the keys of manifest v12', async (id, expected) => {
  const { nodes } = await artifact('manifest.json');
  const found = Object.values(nodes ?? {}).find(({ unique_id: own }) => String(own).startsWith(id));
  expect(Object.keys(found ?? {}).sort()).toEqual(expected);
});

test('the manifest tells what a model is, and what it reads', async () => {
  const { metadata, nodes } = await artifact('manifest.json');
  expect(metadata).toMatchObject({
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    project_name: 'shop',
    adapter_type: 'postgres',
  });
  expect(nodes?.['model.shop.orders']).toMatchObject({
    name: 'orders',
    schema: 'shop',
    path: 'staging/orders.sql',
    original_file_path: 'models/staging/orders.sql',
    fqn: ['shop', 'staging', 'orders'],
    tags: ['daily'],
    meta: { owner: 'me' },
    description: 'All of them.',
    relation_name: `"${database.name}"."shop"."orders"`,
    depends_on: { nodes: ['seed.shop.numbers'] },
    config: { materialized: 'table', enabled: true, 'pre-hook': [], on_schema_change: 'ignore' },
    columns: { id: { data_type: 'integer' } },
  });
  expect(nodes?.['model.shop.totals']).toMatchObject({
    depends_on: { macros: ['macro.shop.one'], nodes: ['source.shop.raw.lines', 'model.shop.orders'] },
    sources: [['raw', 'lines']],
    refs: [{ name: 'orders', package: null, version: null }],
    config: { 'post-hook': [{ sql: 'select 1', transaction: true, index: null }] },
    compiled: true,
    compiled_path: 'target/compiled/shop/models/totals.sql',
  });
});

test('maps of parents and children cover every node', async () => {
  const manifest = await artifact('manifest.json');
  const { nodes, sources, parent_map: parents, child_map: children } = manifest;
  const all = [...Object.keys(nodes ?? {}), ...Object.keys(sources ?? {})].sort();
  expect(Object.keys(parents ?? {}).sort()).toEqual(all);
  expect(Object.keys(children ?? {}).sort()).toEqual(all);
  expect(parents?.['model.shop.totals']).toEqual(['model.shop.orders', 'source.shop.raw.lines']);
  expect(children?.['seed.shop.numbers']).toContain('model.shop.orders');
});

test('run results tell status, counts of rows and the flags', async () => {
  const document = await artifact('run_results.json');
  const results = Object.values(document['results'] ?? {});
  const orders = results.find(({ unique_id: id }) => id === 'model.shop.orders');
  expect(Object.keys(orders ?? {}).sort()).toEqual(
    keys(
      'status timing thread_id execution_time adapter_response message failures unique_id compiled compiled_code relation_name batch_results',
    ).filter(Boolean),
  );
  expect(orders).toMatchObject({
    status: 'success',
    message: 'SELECT 2',
    adapter_response: { _message: 'SELECT 2', code: 'SELECT', rows_affected: 2 },
    relation_name: `"${database.name}"."shop"."orders"`,
  });
  expect(document['args']).toMatchObject({ which: 'build', full_refresh: true });
  expect(JSON.stringify(document['args'])).not.toContain('postgres');
});

test('the catalogue tells columns with types, owners and kinds of what stands', async () => {
  const { nodes, sources } = await artifact('catalog.json');
  expect(nodes?.['model.shop.orders']).toMatchObject({
    metadata: { type: 'BASE TABLE', schema: 'shop', name: 'orders', owner: 'postgres' },
    columns: { id: { type: 'integer', index: 1, name: 'id' } },
    unique_id: 'model.shop.orders',
  });
  expect(nodes?.['model.shop.totals']).toMatchObject({ metadata: { type: 'VIEW' } });
  expect(Object.keys(sources ?? {})).toEqual(['source.shop.raw.lines']);
});
