import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { atOnce } from '../compile/at-once.ts';
import { compileModel, compileTest, compileTestRows, publishedResolution } from '../compile/compile-model.ts';
import { fingerprint } from '../compile/fingerprint.ts';
import { openProject } from '../open-project.ts';
import { type LoadedProject, loadProject } from './load-project.ts';

const TARGET = { name: 'dev', schema: 'base', database: 'db', type: 'postgres', threads: 1 };
const RUN = { asOf: '2024-05-06', runId: 'r1', runStartedAt: '', invocationId: '' };
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function projectOf(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'project-'));
  folders.push(dir);
  for (const [path, text] of Object.entries({ 'dbt_project.yml': 'name: p\n', ...files })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const loaded = await loadProject(await projectOf(files), { target: TARGET });
  return 'problems' in loaded
    ? loaded.problems.map(({ file, line, cause }) => `${file}:${line} ${cause}`)
    : [];
}

async function open(files: Record<string, string>, over: object = {}): Promise<LoadedProject> {
  return openProject(await projectOf(files), { target: TARGET, ...over });
}

const compiled = (project: LoadedProject, name: string) =>
  atOnce(compileModel(project, name, { run: RUN, ...publishedResolution }));

it('lists every problem of the project in one go, with file, line and cause', async () => {
  const problems = await problemsOf({
    'models/a.sql': "select 1\nfrom {{ ref('nowhere') }}\njoin {{ source('s', 'gone') }}",
    'models/b.sql': 'select {{ oops',
    'models/c.sql': "{{ config(materialized='tabel') }} select 1",
    'models/d.sql': "{{ config(materialized='incremental', unlogged=True, version_column='v') }} select 1",
    'models/x/c.sql': 'select 1',
    'models/p.yml':
      'models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n          - nosuch\n',
    'models/q.yml': 'models:\n  - name: [unclosed\n',
    'macros/m.sql': '{% macro x() %}',
    'tests/t.sql': "select * from {{ ref('a') }}\n{{ ref('missing') }}",
  });
  expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([
    'macros/m.sql:1',
    'models/a.sql:2',
    'models/a.sql:3',
    'models/b.sql:1',
    'models/c.sql:1',
    'models/d.sql:1',
    'models/p.yml:4',
    'models/q.yml:3',
    'models/x/c.sql:1',
    'tests/t.sql:2',
  ]);
  expect(problems[1]).toContain("ref('nowhere'): there is no such model or seed");
});

it('reads hooks before anything is run', async () => {
  const settings = 'name: p\non-run-start: select 1\non-run-end:\n  - select 2\n  - "select {{ x"\n';
  expect(await problemsOf({ 'dbt_project.yml': settings })).toEqual([
    expect.stringMatching(/^dbt_project\.yml:3 .*not closed/),
  ]);
});

it('refuses a model that parsing did not see, with the hint that makes it seen', async () => {
  const unseen = "{% if execute %}select * from {{ ref('b') }}{% endif %}";
  const project = await open({
    'models/a.sql': unseen,
    'models/b.sql': 'select 1',
    'models/c.sql': `-- depends_on: {{ ref('b') }}\n${unseen}`,
  });
  expect(() => compiled(project, 'a')).toThrow(
    /infer all dependencies for "a"[\s\S]*-- depends_on: \{\{ ref\('b'\) \}\}/,
  );
  expect(compiled(project, 'c')).toMatchObject({
    sql: expect.stringContaining('select * from "db"."base"."b"'),
  });
});

it('gives a node the database it asks for, and prints it', async () => {
  const project = await open({
    'models/a.sql': "{{ config(database='archive') }}select 1",
    'models/b.sql': "select * from {{ ref('a') }} -- {{ this }} {{ model.database }} {{ database }}",
  });
  expect(project.graph.models.get('a')?.database).toBe('archive');
  expect(compiled(project, 'b')).toMatchObject({
    sql: 'select * from "archive"."base"."a" -- "db"."base"."b" db db',
  });
});

it('asks generate_database_name of the project', async () => {
  const project = await open({
    'macros/m.sql':
      "{% macro generate_database_name(custom_database_name, node) %}{{ custom_database_name or 'own_' ~ node.name }}{% endmacro %}",
    'models/a.sql': "{{ config(database='archive') }}select 1",
    'models/b.sql': 'select 1',
  });
  expect([...project.graph.models.values()].map(({ database }) => database)).toEqual(['archive', 'own_b']);
});

it("reads the root's model in a package's test on a name that both have, as the original", async () => {
  const project = await open({
    'models/cities.sql': 'select 1 as id',
    'dbt_packages/geo/dbt_project.yml': 'name: geo\nmodels: {geo: {+schema: geo}}\n',
    'dbt_packages/geo/models/cities.sql': 'select 2 as id',
    'dbt_packages/geo/models/p.yml':
      'models:\n  - name: cities\n    columns: [{name: id, data_tests: [not_null]}]\n',
  });
  const [test] = project.graph.tests;
  if (test === undefined) throw new Error('the test was not loaded');
  expect(test).toMatchObject({ packageName: 'geo', refs: ['cities'], subject: { key: 'cities' } });
  const options = { run: RUN, ...publishedResolution };
  expect(atOnce(compileTestRows(project, test, options))).toContain('from "db"."base"."cities"');
});

it('names the models of a cycle', async () => {
  const problems = await problemsOf({
    'models/a.sql': "select * from {{ ref('b') }}",
    'models/b.sql': "select * from {{ ref('c') }}",
    'models/c.sql': "select * from {{ ref('a') }}",
  });
  expect(problems).toEqual(['models/a.sql:1 models read each other: a → b → c → a']);
});

it('refuses two models that would be one relation', async () => {
  const problems = await problemsOf({
    'models/a.sql': "{{ config(alias='same') }} select 1",
    'models/b.sql': "{{ config(alias='same') }} select 1",
  });
  expect(problems).toEqual(['models/b.sql:1 base.same is already the relation of models/a.sql']);
});

it('lays configuration of the tree, of YAML and of the file over one another, the file last', async () => {
  const project = await open({
    'dbt_project.yml':
      'name: p\nmodels:\n  p:\n    +tags: top\n    +materialized: view\n    gold:\n      +schema: gold\n      +tags: [gold]\n',
    'models/gold/a.sql': "{{ config(materialized='table', tags='own') }} select 1",
    'models/gold/p.yml':
      'models:\n  - name: a\n    config:\n      materialized: incremental\n      alias: renamed\n',
  });
  const model = project.graph.models.get('a');
  expect(model?.config).toMatchObject({ materialized: 'table', tags: ['top', 'gold', 'own'] });
  expect(model?.relation).toEqual({ schema: 'base_gold', name: 'renamed' });
  expect(model?.layer).toBe('gold');
});

it('honours a project that names schemas by its own rule', async () => {
  const project = await open({
    'macros/s.sql':
      '{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name or "x" }}_{{ node.fqn[1] }}{% endmacro %}',
    'models/gold/a.sql': "{{ config(schema='lake') }} select 1",
  });
  expect(project.graph.models.get('a')?.relation.schema).toBe('lake_gold');
});

it('knows that a model depends on the day also through macros and ephemeral models', async () => {
  const project = await open({
    'macros/m.sql': "{% macro today() %}'{{ var('as_of') }}'{% endmacro %}",
    'models/e.sql': "{{ config(materialized='ephemeral') }} select {{ today() }} as d",
    'models/a.sql': "with own as (select 1) select * from {{ ref('e') }}, own",
    'models/b.sql': 'select 1',
  });
  expect(compiled(project, 'a')).toMatchObject({
    sql: "with __dbt__cte__e as (\nselect '2024-05-06' as d\n),\n own as (select 1) select * from __dbt__cte__e, own",
    dependsOnAsOf: true,
  });
  expect(compiled(project, 'b').dependsOnAsOf).toBe(false);
});

it('gives the same checksum on any day, and another when a macro changes', async () => {
  const files = {
    'macros/m.sql': '{% macro x() %}1{% endmacro %}',
    'models/a.sql': "select {{ x() }}, '{{ var('as_of') }}', '{{ run_id }}'",
  };
  const first = fingerprint(await open(files), 'a');
  expect(fingerprint(await open(files), 'a')).toEqual(first);
  const other = await open({ ...files, 'macros/m.sql': '{% macro x() %}2{% endmacro %}' });
  expect(fingerprint(other, 'a').sqlChecksum).not.toBe(first.sqlChecksum);
});

it('shows templates the variables and environment they were given and nothing else', async () => {
  const project = await open(
    {
      'dbt_project.yml': 'name: p\nvars:\n  n: 3\n',
      'models/a.sql': "{{ var('n') + 1 }} {{ env_var('E') }} {{ env_var('PATH', 'none') }}",
    },
    { env: { E: 'given' } },
  );
  expect(compiled(project, 'a').sql).toBe('4 given none');
  expect(await problemsOf({ 'models/a.sql': "{{ env_var('HOME') }}" })).toHaveLength(1);
});

it('renders generic tests with arguments, where, limits and conditions', async () => {
  const project = await open({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': 'select 1 as id',
    'models/p.yml': `models:
  - name: a
    columns:
      - name: id
        tests:
          - relationships:
              arguments: {to: ref('b'), field: id}
              config: {where: id > 0, limit: 5, warn_if: '> 2', error_if: '>10', severity: warn}
          - accepted_values: {values: ["it's", 2]}
`,
  });
  const [first, second] = project.graph.tests;
  expect(first).toMatchObject({
    name: 'relationships_a_id__id__ref_b_',
    refs: ['a', 'b'],
    config: { severity: 'warn' },
  });
  const sql = (test: typeof first) =>
    test ? compileTest(project, test, { run: RUN, ...publishedResolution }) : '';
  expect(sql(first)).toContain('count(*) > 2 as should_warn, count(*) >10 as should_error');
  expect(sql(first)).toContain('from (select * from "db"."base"."a" where id > 0) dbt_subquery');
  expect(sql(first)).toContain('limit 5');
  expect(sql(second)).toContain(`'it''s'`);
});

it('takes fixtures of unit tests and macros of generic tests for no tests', async () => {
  const project = await open({
    'models/a.sql': 'select 1 as id',
    'tests/none.sql': "select 1 from {{ ref('a') }} where false",
    'tests/fixtures/rows.sql': 'select 1 as id',
    'tests/generic/positive.sql': '{% test positive(model) %}select 1 where false{% endtest %}',
  });
  expect(project.graph.tests.map(({ name }) => name)).toEqual(['none']);
});

it('leaves filters of metrics and saved queries as they are', async () => {
  const project = await open({
    'models/a.sql': 'select 1 as id',
    'models/m.yml': `metrics:
  - {name: m, label: M, type: simple, filter: "{{ Dimension('a__id') }} > 1"}
saved_queries:
  - {name: q, query_params: {metrics: [m], where: ["{{ TimeDimension('a__day') }} > '2024-01-01'"]}}
`,
  });
  expect([...project.graph.models.keys()]).toEqual(['a']);
  expect(
    await problemsOf({ 'models/m.yml': `metrics: [{name: m, label: "{{ Dimension('a') }}"}]\n` }),
  ).toHaveLength(1);
});

it('warns of properties that describe nothing', async () => {
  const project = await open({ 'models/a.sql': 'select 1', 'models/p.yml': 'models:\n  - name: typo\n' });
  expect(project.warnings).toEqual([
    {
      file: 'models/p.yml',
      line: 2,
      cause: 'typo is described but is no model or seed',
      warning: 'NoNodeForYamlKey',
    },
  ]);
});

it('leaves tests of one name their name, and labels them apart', async () => {
  const project = await open({
    'models/a.sql': 'select 1 as id',
    'models/p.yml': `models:
  - name: a
    columns:
      - name: id
        tests:
          - accepted_values: {values: ['+']}
          - accepted_values: {values: ['-']}
`,
  });
  expect(project.graph.tests.map(({ name, label }) => [name, label])).toEqual([
    ['accepted_values_a_id___', 'accepted_values_a_id___'],
    ['accepted_values_a_id___', 'accepted_values_a_id____2'],
  ]);
  expect(new Set(project.graph.tests.map(({ uniqueId }) => uniqueId)).size).toBe(2);
});

it('renders a variable that is a template where it is asked for', async () => {
  const project = await open({
    'dbt_project.yml':
      "name: p\nvars: {pages: \"{{ ref('a') }}\", days: ['{{ x }}'], dev: \"{{ target.name == 'dev' }}\"}\n",
    'models/a.sql': 'select 1 as id',
    'models/b.sql':
      "select * from {{ var('pages') }} -- {{ var('days') }} {{ var('other', '{{ default }}') }} {{ var('dev') }}",
  });
  expect(project.graph.models.get('b')?.refs).toEqual(['a']);
  expect(compiled(project, 'b').sql).toBe(
    'select * from "db"."base"."a" -- [\'{{ x }}\'] {{ default }} True',
  );
});

it('marks values of other types than text only where they are all there is', async () => {
  const project = await open({
    'dbt_project.yml': `name: p
models:
  p:
    one: {+enabled: "{{ target.type == 'postgres' | as_bool }}"}
    two: {+enabled: "{{ target.type != 'postgres' | as_bool }}"}
    three: {+meta: {n: "{{ '3' | as_number }}", text: "{{ '3' | as_number }} rows"}}
`,
    'models/one/a.sql': 'select 1',
    'models/two/b.sql': 'select 1',
    'models/three/c.sql': 'select 1',
  });
  expect([...project.graph.models.keys()].sort()).toEqual(['a', 'c']);
  expect(project.graph.models.get('c')?.config.raw['meta']).toEqual({ n: 3, text: '3 rows' });
});

it("lets a template look through a package's macros as through a dictionary", async () => {
  const project = await open({
    'macros/m.sql': '{% macro here() %}yes{% endmacro %}',
    'models/a.sql':
      "select '{{ context.get(project_name, {}).get('here')() }} {{ p.get('gone') }} {{ 'here' in p }} {{ context['p'].get('gone', 2) }}'",
  });
  expect(compiled(project, 'a').sql).toBe("select 'yes None True 2'");
});

it('renders hooks when they run, however they are written', async () => {
  const project = await open({
    'dbt_project.yml': `name: p
models:
  p:
    +pre-hook: {sql: "insert into log select '{{ this }}'", transaction: false}
    +post-hook: [{sql: "analyze {{ this }}"}, "select '{{ this.name }}'"]
query-comment: {comment: "{{ node.name }}", append: true}
`,
    'models/a.sql': 'select 1 as id',
    'models/p.yml': 'models: [{name: a, config: {pre_hook: [{sql: "lock {{ this }}"}]}}]',
  });
  const config = project.graph.models.get('a')?.config;
  expect(config?.preHooks.join()).toContain("insert into log select '{{ this }}'");
  expect(config?.preHooks.join()).toContain('lock {{ this }}');
  expect(config?.postHooks.join()).toContain('analyze {{ this }}');
});

it('lets a project describe and configure what a package brings, and the other way round', async () => {
  const project = await open({
    'dbt_packages/tools/dbt_project.yml': 'name: tools\n',
    'dbt_packages/tools/models/dates.sql': 'select 1 as id',
    'dbt_packages/tools/models/days.sql': 'select 1 as id',
    'dbt_packages/tools/models/t.yml':
      'models:\n  - {name: days, description: own}\n  - {name: a, columns: [{name: id, tests: [unique]}]}\n',
    'models/a.sql': 'select 1 as id',
    'models/p.yml': `models:
  - {name: dates, description: of the root, config: {materialized: table}, columns: [{name: id, tests: [not_null]}]}
  - {name: days, description: not heard}
`,
  });
  const { models, tests } = project.graph;
  expect(models.get('tools.dates')).toMatchObject({
    description: 'of the root',
    config: { materialized: 'table' },
  });
  expect(models.get('tools.days')?.description).toBe('own');
  expect(models.get('a')?.columns.map(({ name }) => name)).toEqual(['id']);
  expect(tests.map(({ uniqueId }) => uniqueId.replace(/\.\w+$/, '')).sort()).toEqual([
    'test.p.not_null_dates_id',
    'test.tools.unique_a_id',
  ]);
});
