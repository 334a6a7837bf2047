import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterEach(() => project.rows('drop schema if exists dev cascade; select 1'));
afterAll(() => project.close());

/** A model `m` whose query is `first` when it is built whole, `more` when rows are added. */
const model = (config: string, first: string, more: string): Readonly<Record<string, string>> => ({
  'models/m.sql': `{{ config(materialized='incremental'${config && ', '}${config}) }}
{% if is_incremental() %}${more}{% else %}${first}{% endif %}`,
});

const FIRST = "select * from (values (1, 'a', 10), (2, 'b', 20), (3, 'c', 30)) as v(id, name, amount)";
const MORE = "select * from (values (2, 'B', 21), (4, 'd', 40), (null, 'n', 0)) as v(id, name, amount)";
const ALL = 'select * from dev.m order by id nulls last, name collate "C"';

test.each([
  ['', ['1|a|10', '2|B|21', '2|b|20', '3|c|30', '4|d|40', '∅|n|0']],
  [
    "incremental_strategy='append', unique_key='id'",
    ['1|a|10', '2|B|21', '2|b|20', '3|c|30', '4|d|40', '∅|n|0'],
  ],
  ["unique_key='id'", ['1|a|10', '2|B|21', '3|c|30', '4|d|40', '∅|n|0']],
  [
    "unique_key=['id', 'lower(name)'], incremental_strategy='delete+insert'",
    ['1|a|10', '2|B|21', '3|c|30', '4|d|40', '∅|n|0'],
  ],
  [
    "unique_key='id % 2', incremental_strategy='delete+insert'",
    ['1|a|10', '2|B|21', '3|c|30', '4|d|40', '∅|n|0'],
  ],
  ["unique_key='id', incremental_strategy='merge'", ['1|a|10', '2|B|21', '3|c|30', '4|d|40', '∅|n|0']],
  [
    "unique_key='id', incremental_strategy='merge', merge_update_columns=['amount']",
    ['1|a|10', '2|b|21', '3|c|30', '4|d|40', '∅|n|0'],
  ],
  [
    "unique_key='id', incremental_strategy='merge', merge_exclude_columns=['AMOUNT']",
    ['1|a|10', '2|B|20', '3|c|30', '4|d|40', '∅|n|0'],
  ],
  [
    "unique_key=['id', 'name'], incremental_strategy='merge'",
    ['1|a|10', '2|B|21', '2|b|20', '3|c|30', '4|d|40', '∅|n|0'],
  ],
  ["incremental_strategy='merge'", ['1|a|10', '2|B|21', '2|b|20', '3|c|30', '4|d|40', '∅|n|0']],
])('%s', async (config, expected) => {
  await project.write(model(config, FIRST, MORE));
  expect((await project.build()).get('m')).toMatchObject({ message: 'SELECT 3', rowsAffected: 3 });
  expect((await project.build()).get('m')?.rowsAffected).toBe(3);
  expect(await project.rows(ALL)).toEqual(expected);
});

test.each(['incremental_predicates', 'predicates'])('%s narrow which old rows are touched', async (key) => {
  const merge = `unique_key='id', incremental_strategy='merge', ${key}=['DBT_INTERNAL_DEST.amount > 20', 'DBT_INTERNAL_SOURCE.amount > 0']`;
  await project.write(
    model(merge, FIRST, "select 2 as id, 'B' as name, 21 as amount union all select 3, 'C', 31"),
  );
  await project.build();
  await project.build();
  expect(await project.rows(ALL)).toEqual(['1|a|10', '2|B|21', '2|b|20', '3|C|31']);
  const deleting = `unique_key='id', incremental_strategy='delete+insert', ${key}=['DBT_INTERNAL_DEST.amount > 25']`;
  await project.write(
    model(deleting, FIRST, "select 2 as id, 'x' as name, 1 as amount union all select 3, 'y', 2"),
  );
  await project.build();
  expect(await project.rows(ALL)).toEqual(['1|a|10', '2|B|21', '2|b|20', '2|x|1', '3|y|2']);
});

const WIDER = "select 4 as id, 4.5 as amount, 'new' as extra";
const COLUMNS = `select string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) from information_schema.columns
  where table_schema = 'dev' and table_name = 'm'`;

test.each([
  ['ignore', 'id integer, name text, amount integer', ['1|a|10', '4|∅|5']],
  ['nonsense', 'id integer, name text, amount integer', ['1|a|10', '4|∅|5']],
  ['append_new_columns', 'id integer, name text, amount integer, extra text', ['1|a|10|∅', '4|∅|5|new']],
  ['sync_all_columns', 'id integer, extra text, amount numeric', ['1|∅|10', '4|new|4.5']],
])('on_schema_change %s', async (change, columns, rows) => {
  const more =
    change === 'ignore' || change === 'nonsense'
      ? "select 4 as id, null as name, 4.5 as amount, 'new' as extra"
      : WIDER;
  await project.write(
    model(`on_schema_change='${change}'`, "select 1 as id, 'a' as name, 10 as amount", more),
  );
  await project.build();
  await project.build();
  expect(await project.rows(COLUMNS)).toEqual([columns]);
  expect(await project.rows('select * from dev.m order by id')).toEqual(rows);
});

test('on_schema_change fail leaves the table as it was and says what differs', async () => {
  await project.write(model("on_schema_change='fail'", "select 1 as id, 'a' as name, 10 as amount", WIDER));
  await project.build();
  const result = (await project.play()).get('m');
  expect(result).toMatchObject({ status: 'error', message: expect.stringContaining('out of sync') });
  expect(result?.message).toMatch(/not in target: extra\. .* not in source: name\. New column types: amount/);
  expect(result?.message).toContain('models/m.sql');
  expect(await project.rows(ALL)).toEqual(['1|a|10']);
});

test('narrow text columns grow with the query', async () => {
  await project.write(model('', "select 'abc'::varchar(3) as t", "select 'abcdef'::varchar(6) as t"));
  await project.build();
  await project.build();
  expect(await project.rows('select t from dev.m order by 1')).toEqual(['abc', 'abcdef']);
});

test('a full refresh builds anew, unless the model refuses it; full_refresh=true always does', async () => {
  await project.write(model('', FIRST, MORE));
  await project.build();
  await project.build({ fullRefresh: true });
  expect(await project.rows(ALL)).toEqual(['1|a|10', '2|b|20', '3|c|30']);
  await project.write(model('full_refresh=false', FIRST, MORE));
  await project.build({ fullRefresh: true });
  expect(await project.rows('select count(*) from dev.m')).toEqual(['6']);
  await project.write(model('full_refresh=true', FIRST, MORE));
  await project.build();
  expect(await project.rows('select count(*) from dev.m')).toEqual(['3']);
});

test('a view in its place is replaced by a table; a failing refresh leaves the old table', async () => {
  await project.write({ 'models/m.sql': 'select 0 as id' });
  await project.build();
  await project.write(model("indexes=[{'columns': ['id']}]", FIRST, MORE));
  await project.build();
  expect(await project.rows(ALL)).toEqual(['1|a|10', '2|b|20', '3|c|30']);
  expect(await project.rows("select count(*) from pg_indexes where tablename = 'm'")).toEqual(['1']);
  await project.write(model('', 'select 1 / (id - 2) as id from generate_series(1, 3) as id', MORE));
  expect((await project.play({ fullRefresh: true })).get('m')?.status).toBe('error');
  expect(await project.rows(ALL)).toEqual(['1|a|10', '2|b|20', '3|c|30']);
});

test('rows are added whole or not at all, with what hooks did', async () => {
  await project.write(
    model(
      "pre_hook='create table if not exists dev.noted (n int)', unique_key='id'",
      FIRST,
      'select 1 / 0 as id',
    ),
  );
  await project.build();
  await project.rows('drop table dev.noted');
  expect((await project.play()).get('m')?.status).toBe('error');
  expect(await project.rows("select to_regclass('dev.noted')::text")).toEqual(['∅']);
  expect(await project.rows('select count(*) from dev.m')).toEqual(['3']);
});

test("a project's own strategy", async () => {
  await project.write({
    ...model("incremental_strategy='newest'", FIRST, MORE),
    'macros/newest.sql': `{% macro get_incremental_newest_sql(arg_dict) %}
      truncate {{ arg_dict.target_relation }}; insert into {{ arg_dict.target_relation }} select * from {{ arg_dict.temp_relation }} where id = 4
    {% endmacro %}`,
  });
  await project.build();
  await project.build();
  expect(await project.rows(ALL)).toEqual(['4|d|40']);
});

test('temporary tables are gone when the connection goes to the next node', async () => {
  await project.write(model('', FIRST, MORE));
  await project.build();
  await project.build();
  expect(await project.rows("select count(*) from pg_class where relpersistence = 't'")).toEqual(['0']);
});
