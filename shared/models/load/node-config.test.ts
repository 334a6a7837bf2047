import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openProject } from '../open-project.ts';

const TARGET = { name: 'dev', schema: 'base', database: 'db', type: 'postgres', threads: 1 };
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function open(files: Record<string, string>) {
  const dir = await mkdtemp(join(tmpdir(), 'project-'));
  folders.push(dir);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return (await openProject(dir, { target: TARGET, vars: { on: true } })).graph;
}

const SETTINGS = `name: p
models:
  p:
    +meta: {a: 1, b: 1}
    +lookback: "{{ 1 + 1 }}"
    +description: "v{{ 1 + 1 }}"
    not_now:
      +enabled: "{{ not var('on') }}"
sources:
  p:
    s: {gone: {+enabled: false}}
`;

test('configuration merges as in the original: grants by privilege, mappings by key, the rest replaced', async () => {
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'models/m.sql': "{{ config(grants={'select': 'a'}, column_types={'y': 'int'}) }} select 1",
    'models/n.sql': "{{ config(grants={'+select': 'b'}) }} select 1",
    'models/p.yml': `models:
  - name: m
    config: {grants: {+select: [x], insert: [c]}, meta: {b: 2}, column_types: {x: text}}
  - name: n
    config: {grants: {select: [x]}}
`,
  });
  expect(graph.models.get('m')?.config.raw).toMatchObject({
    grants: { select: ['a'], insert: ['c'] },
    meta: { a: 1, b: 2 },
    column_types: { x: 'text', y: 'int' },
  });
  expect(graph.models.get('n')?.config.grants).toEqual({ select: ['x', 'b'] });
});

test('an expression that stands alone keeps its type', async () => {
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'models/m.sql': 'select 1',
    'models/not_now/gone.sql': 'select {{ broken',
  });
  expect([...graph.models.keys()]).toEqual(['m']);
  expect(graph.models.get('m')?.config.raw).toMatchObject({ lookback: 2, description: 'v2' });
});

test("a test's configuration is rendered before it is checked", async () => {
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'models/m.sql': 'select 1 as id',
    'models/p.yml': `models:
  - name: m
    columns:
      - name: id
        data_tests:
          - not_null: {config: {severity: "{{ 'error' if target.name == 'prod' else 'warn' }}", limit: "{{ 1 + 1 }}"}}
          - unique: {config: {enabled: "{{ not var('on') }}"}}
`,
  });
  expect(graph.tests.map(({ name, config }) => [name, config.severity, config.limit])).toEqual([
    ['not_null_m_id', 'warn', 2],
  ]);
});

test('a source may be switched off in the project file, and an old snapshot names its schema', async () => {
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'models/s.yml': 'sources:\n  - name: s\n    tables:\n      - name: here\n      - name: gone\n',
    'models/m.sql': 'select 1 as id',
    'snapshots/s.sql':
      "{% snapshot sn %}{{ config(unique_key='id', strategy='check', check_cols='all', target_schema='archive') }}select * from {{ ref('m') }}{% endsnapshot %}",
  });
  expect([...graph.sources.keys()]).toEqual(['s.here']);
  expect(graph.models.get('sn')?.relation).toEqual({ schema: 'archive', name: 'sn' });
});

test("a test's macro configures all its tests, a declaration its own, a tree one by its name", async () => {
  const graph = await open({
    'dbt_project.yml': `${SETTINGS}data_tests:\n  p:\n    soft_m_c:\n      +enabled: false\n`,
    'macros/soft.sql':
      "{% test soft(model, column_name) %}{{ config(severity='warn', limit=5) }}select * from {{ model }}{% endtest %}",
    'models/m.sql': 'select 1 as id',
    'models/p.yml': `models:
  - name: m
    columns:
      - {name: a, data_tests: [soft]}
      - {name: b, data_tests: [{soft: {severity: error}}]}
      - {name: c, data_tests: [soft]}
`,
  });
  expect(graph.tests.map(({ name, config }) => [name, config.severity, config.limit])).toEqual([
    ['soft_m_a', 'warn', 5],
    ['soft_m_b', 'error', 5],
  ]);
});

test('a version has the tests of the columns it takes over, and of its own', async () => {
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'models/m_v1.sql': 'select 1',
    'models/m_v2.sql': 'select 1',
    'models/p.yml': `models:
  - name: m
    columns:
      - {name: a, data_tests: [unique]}
      - {name: b, data_tests: [unique]}
    versions:
      - v: 1
      - v: 2
        columns:
          - {include: all, exclude: [b]}
          - {name: c, data_tests: [not_null]}
`,
  });
  expect(graph.tests.map(({ name }) => name).toSorted()).toEqual([
    'not_null_m_v2_c',
    'unique_m_v1_a',
    'unique_m_v1_b',
    'unique_m_v2_a',
  ]);
});

test('the root lays a source over that of a package', async () => {
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'packages.yml': 'packages: [{local: geo}]\n',
    'dbt_packages/geo/dbt_project.yml': 'name: geo\n',
    'dbt_packages/geo/models/s.yml':
      'sources:\n  - name: web\n    schema: nowhere\n    tables:\n      - {name: visits, identifier: v}\n      - name: clicks\n',
    'dbt_packages/geo/models/m.sql': "select * from {{ source('web', 'visits') }}",
    'models/s.yml':
      'sources:\n  - name: web\n    overrides: geo\n    schema: raw\n    tables:\n      - name: visits\n',
  });
  expect([...graph.sources.values()].map(({ uniqueId, relation }) => [uniqueId, relation])).toEqual([
    ['source.geo.web.visits', { schema: 'raw', name: 'v' }],
    ['source.geo.web.clicks', { schema: 'raw', name: 'clicks' }],
  ]);
});

test('strategies are those of the engine, of the original, or of a macro; a key is not needed to add rows', async () => {
  const incremental = (config: string) =>
    `{{ config(materialized='incremental', ${config}) }} select 1 as id`;
  const graph = await open({
    'dbt_project.yml': SETTINGS,
    'macros/m.sql': '{% macro get_incremental_by_moon_sql(arg_dict) %}select 1{% endmacro %}',
    'models/a.sql': incremental("incremental_strategy='merge'"),
    'models/b.sql': incremental(
      "unique_key='id', incremental_strategy='delete+insert', on_schema_change='nonsense'",
    ),
    'models/c.sql': incremental("incremental_strategy='by_moon'"),
    'models/d.sql': incremental("incremental_strategy='microbatch', unique_key='id'"),
  });
  const strategies = [...graph.models.values()].map(({ config }) => config.incrementalStrategy);
  expect(strategies).toEqual(['append', 'delete+insert', 'other', 'other']);
  expect(graph.models.get('b')?.config.onSchemaChange).toBe('ignore');
});
