import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterAll(() => project.close());

const RELATIONS = `select relname, relkind, relpersistence from pg_class c join pg_namespace n on n.oid = relnamespace
  where nspname = 'dev' and relkind in ('r', 'v', 'm') order by 1`;

const model = (config: string, sql: string): string => `{{ config(${config}) }}\n${sql}`;

test('views and tables are built, replaced, and change places; nothing is left beside them', async () => {
  await project.write({
    'models/one.sql': 'select 1 as id',
    'models/two.sql': model("materialized='table'", "select id + 1 as id from {{ ref('one') }}"),
  });
  const first = await project.build();
  expect(first.get('one')).toMatchObject({ message: 'CREATE VIEW' });
  expect(first.get('two')).toMatchObject({ message: 'SELECT 1', rowsAffected: 1 });
  await project.build();
  expect(await project.rows(RELATIONS)).toEqual(['one|v|p', 'two|r|p']);
  await project.write({
    'models/one.sql': model("materialized='table', unlogged=true", 'select 10 as id'),
    'models/two.sql': "select id + 1 as id from {{ ref('one') }}",
  });
  await project.build();
  expect(await project.rows(RELATIONS)).toEqual(['one|r|u', 'two|v|p']);
  expect(await project.rows('select * from dev.two')).toEqual(['11']);
});

test('a query that fails leaves what stood, and what stands is seen until the new one is whole', async () => {
  await project.write({
    'models/one.sql': model(
      "materialized='table'",
      'select id from generate_series(1, 2) as id where 1 / (id - 1) > 0',
    ),
    'models/two.sql': model("materialized='table'", 'select 5 as id'),
  });
  const results = await project.play();
  expect(results.get('one')).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/sqlstate=22012/),
  });
  expect(await project.rows('select * from dev.one')).toEqual(['10']);
  expect(await project.rows(RELATIONS)).toEqual(['one|r|u', 'two|r|p']);
});

test('leftovers of a run that died are dropped, whatever they are', async () => {
  await project.rows(
    `create view dev.two__dbt_tmp as select 1; create materialized view dev.two__dbt_backup as select 1`,
  );
  await project.write({ 'models/one.sql': 'select 1 as id' });
  await project.build();
  expect(await project.rows(RELATIONS)).toEqual(['one|v|p', 'two|r|p']);
});

test('a name as long as a name may be, and longer than its neighbours by its end only', async () => {
  const long = 'n'.repeat(63);
  await project.write({
    'models/long.sql': model(`materialized='table', alias='${long}'`, 'select 1 as id'),
  });
  await project.build({ select: ['long'] });
  await project.build({ select: ['long'] });
  expect(await project.rows(`select * from dev.${long}`)).toEqual(['1']);
  expect((await project.rows(RELATIONS)).filter((row) => row.startsWith('nn'))).toEqual([`${long}|r|p`]);
});

test('indexes are made each time under names of their own; a header runs before the query', async () => {
  await project.write({
    'models/indexed.sql': model(
      "materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['lower(name)', 'id'], 'type': 'btree'}, {'columns': ['id'], 'type': 'hash'}]",
      "{% call set_sql_header(config) %}create temporary table h as select 7 as id;{% endcall %}select id, 'N' as name from pg_temp.h",
    ),
  });
  await project.build({ select: ['indexed'] });
  await project.build({ select: ['indexed'] });
  expect(
    await project.rows(
      `select regexp_replace(indexdef, '"?' || indexname || '"?', 'i') from pg_indexes where tablename = 'indexed' order by 1`,
    ),
  ).toEqual([
    'CREATE INDEX i ON dev.indexed USING btree (lower(name), id)',
    'CREATE INDEX i ON dev.indexed USING hash (id)',
    'CREATE UNIQUE INDEX i ON dev.indexed USING btree (id)',
  ]);
  expect(await project.rows('select * from dev.indexed')).toEqual(['7|N']);
});

test('a materialisation of the project, and its own form of a macro, come before the built-in ones', async () => {
  await project.write({
    'macros/own.sql': `
{% materialization noted, adapter='postgres' %}
  {% call statement('main') %}create table {{ this }} as {{ sql }}{% endcall %}
  {% do adapter.commit() %}
  {{ return({'relations': [this]}) }}
{% endmaterialization %}
{% macro postgres__create_view_as(relation, sql) %}create view {{ relation }} as select 'own' as id from ({{ sql }}) q{% endmacro %}`,
    'models/mine.sql': model("materialized='noted'", 'select 3 as id'),
    'models/one.sql': 'select 1 as id',
  });
  await project.build({ select: ['mine', 'one'] });
  expect(await project.rows('select id::text from dev.mine union all select id from dev.one')).toEqual([
    '3',
    'own',
  ]);
});

test('a model for a database that is not the one connected to stops the run with its name', async () => {
  await project.write({ 'models/one.sql': model("database='elsewhere'", 'select 1 as id') });
  await expect(project.play()).rejects.toMatchObject({
    code: 'MODEL_OTHER_DATABASE',
    facts: { model: 'model.played.one', database: 'elsewhere' },
  });
});

test('columns are never taken away by a source that has none to read', async () => {
  const gone = "api.Relation.create(schema='dev', identifier='gone')";
  await project.write({
    'models/one.sql': model(
      `materialized='table', pre_hook="{{ process_schema_changes('sync_all_columns', ${gone}, ref('two')) }}"`,
      'select 1 as id',
    ),
    'models/two.sql': model("materialized='table'", 'select 5 as id, 6 as other'),
  });
  expect((await project.play()).get('one')?.message).toMatch(/columns of .*"dev"\."gone" cannot be read/);
  expect(await project.rows('select * from dev.two')).toEqual(['5|6']);
});
