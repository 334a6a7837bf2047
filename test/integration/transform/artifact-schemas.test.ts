import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manifestOf } from '#shared/models/artifacts/manifest.ts';
import { openProject } from '#shared/models/open-project.ts';
import { schemaProblems } from '#test/support/json-schema.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

const fixture = (path: string): string => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));

async function schemaOf(name: string): Promise<Record<string, unknown>> {
  const packed = await readFile(fixture(`artifacts/schemas/${name}.json.gz`));
  return JSON.parse(gunzipSync(packed).toString('utf8')) as Record<string, unknown>;
}

/** One of everything that an artifact tells of. */
const FILES = {
  'seeds/numbers.csv': 'id,at\n1,2024-01-01\n2,2024-01-02\n',
  'models/a.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id', event_time='at', begin='2024-01-01',
    batch_size='month', on_schema_change='fail', contract={'enforced': true}) }} select id, at::timestamp as at from {{ ref('numbers') }}`,
  'models/b.sql':
    "{{ config(tags='x', post_hook='select 1') }} select {{ one() }} as n from {{ source('raw', 'lines') }}",
  'models/c_v1.sql': "{{ config(materialized='ephemeral') }} select 1 as n",
  'models/off.sql': '{{ config(enabled=false) }} select 1 as n',
  'models/broken.sql': "select 1 / 0 as n from {{ ref('b') }}",
  'models/below.sql': "select * from {{ ref('broken') }}, {{ ref('c', v=1) }}",
  'models/all.yml': `
groups: [{name: g, owner: {name: Ann}}]
sources:
  - name: raw
    schema: shop
    loaded_at_field: at::timestamp
    freshness: {warn_after: {count: 1, period: day}, filter: id > 0}
    tables: [{name: lines, identifier: numbers, columns: [{name: id, data_tests: [unique]}]}]
models:
  - name: a
    group: g
    access: public
    description: "{{ doc('of_a') }}"
    constraints: [{type: check, expression: id > 0}]
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}], data_tests: [not_null, {unique: {config: {severity: warn, store_failures: true}}}]}
      - {name: at, data_type: timestamp}
  - {name: c, latest_version: 1, versions: [{v: 1, deprecation_date: 2040-01-01}]}
unit_tests:
  - {name: is_one, model: b, given: [{input: "source('raw', 'lines')", rows: [{id: 1}]}], expect: {rows: [{n: 1}]}}
exposures: [{name: board, type: dashboard, owner: {name: Ann}, depends_on: [ref('b')]}]
`,
  'models/of.md': '{% docs of_a %}All of *it*.{% enddocs %}',
  'snapshots/s.yml':
    "snapshots: [{name: s, relation: ref('numbers'), config: {strategy: check, check_cols: all, unique_key: id}}]",
  'analyses/look.sql': "select * from {{ ref('b') }}",
  'macros/one.sql': '{% macro one() %}1{% endmacro %}',
  'tests/none.sql': "select * from {{ ref('a') }} where id is null",
} as const;

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, FILES);
  await shop.transform('seed');
  await shop.transform('build');
  await shop.transform('docs', 'generate', '--no-compile');
  await shop.transform('freshness');
}, 90_000);
afterAll(async () => {
  await shop.remove();
  await database.drop();
});

const written = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(shop.dir, 'target', name), 'utf8')) as Record<string, unknown>;

test.each([
  ['manifest.json', 'manifest-v12'],
  ['run_results.json', 'run-results-v6'],
  ['catalog.json', 'catalog-v1'],
  ['sources.json', 'sources-v3'],
])('%s keeps to its published schema', async (file, schema) => {
  const document = await written(file);
  expect(schemaProblems(await schemaOf(schema), document)).toEqual([]);
});

test('the schemas find what is wrong', async () => {
  const schema = await schemaOf('run-results-v6');
  const { results, ...rest } = (await written('run_results.json')) as { results: Record<string, unknown>[] };
  const first = { ...results[0], status: 'fine', thread_id: 1, extra: true };
  expect(schemaProblems(schema, { ...rest, results: [first] }).length).toBeGreaterThanOrEqual(3);
  expect(schemaProblems(schema, rest)).toEqual([': results is missing']);
});

test.each(['projects/bookshop/project', 'projects/chronicle/project', 'projects/selection'])(
  'the manifest of %s keeps to the schema',
  async (folder) => {
    const target = { name: 'dev', schema: 'dev', database: 'any', type: 'postgres', threads: 1 };
    const project = await openProject(fixture(folder), { target, vars: {}, env: {} });
    const run = { asOf: '2024-01-01', runId: 'r', runStartedAt: '2024-01-01T00:00:00Z', invocationId: 'i' };
    const manifest: unknown = JSON.parse(JSON.stringify(manifestOf(project, run)));
    expect(schemaProblems(await schemaOf('manifest-v12'), manifest)).toEqual([]);
  },
);
