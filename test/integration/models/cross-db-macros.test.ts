import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Adapter } from '#shared/models/adapter/adapter.ts';
import { showQuery } from '#shared/models/invoke/show-query.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { PARSE_RUN } from '#shared/models/load/parse-scope.ts';
import { openProject } from '#shared/models/open-project.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { testDatabase } from '#test/support/postgres.ts';

const TARGET = { name: 'dev', schema: 'base', database: 'db', type: 'postgres', threads: 1 };

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: pg.Pool;
let adapter: Adapter;
let folder: string;
let plain: LoadedProject;
let nullsEqual: LoadedProject;
let overriding: LoadedProject;

beforeAll(async () => {
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2, application_name: 'cross-db-test' });
  adapter = openPostgresAdapter({ pool });
  folder = await mkdtemp(join(tmpdir(), 'penstock-cross-db-'));
  plain = await projectOf('plain', 'name: shop\n');
  nullsEqual = await projectOf('nulls', 'name: shop\nflags: {enable_truthy_nulls_equals_macro: true}\n');
  overriding = await projectOf('overriding', 'name: shop\n', {
    'macros/query.sql':
      '{% macro run_query(sql) %}select {{ dbt.run_query(sql).rows[0][0] + 1 }} as n{% endmacro %}',
  });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function projectOf(
  name: string,
  settings: string,
  files: Readonly<Record<string, string>> = {},
): Promise<LoadedProject> {
  const dir = join(folder, name);
  await mkdir(join(dir, 'macros'), { recursive: true });
  for (const [path, text] of Object.entries({ 'dbt_project.yml': settings, ...files }))
    await writeFile(join(dir, path), text);
  return openProject(dir, { target: TARGET, vars: {}, env: {} });
}

/** Text of the first column of every row. */
async function column(inline: string, project = plain): Promise<unknown[]> {
  const { result } = await showQuery({
    project,
    adapter,
    run: PARSE_RUN,
    query: { inline },
    limit: undefined,
    onEvent: () => {},
  });
  return result.rows.map(([first]) => first);
}

/** `{{ expression }}` of SQL as text; null is NULL. */
async function answerOf(expression: string, from = '', project = plain): Promise<unknown> {
  const [value] = await column(`select (${expression})::text from (select 1) as one ${from}`, project);
  return value;
}

/** What a template prints, without a warehouse. */
async function printed(template: string): Promise<unknown> {
  const [value] = await column(`select $text$${template}$text$`);
  return String(value).trim();
}

test.each([
  ["dbt.concat(['a', 'b'])", "cross join (values ('x', 'y')) as t (a, b)", 'xy'],
  ['dbt.concat(["\'x\'", "null"])', '', null],
  ['dbt.length("\'\'")', '', '0'],
  ['dbt.length("\'łódź\'")', '', '4'],
  ['dbt.position("\'c\'", "\'abc\'")', '', '3'],
  ['dbt.position("\'z\'", "\'abc\'")', '', '0'],
  ['dbt.replace("\'a-b-c\'", "\'-\'", "\'\'")', '', 'abc'],
  ['dbt.right("\'abc\'", 2)', '', 'bc'],
  ['dbt.right("\'abc\'", 0)', '', ''],
  ['dbt.right("\'abc\'", 9)', '', 'abc'],
  ['dbt.hash("\'x\'")', '', '9dd4e461268c8034f5c8564e155c67a6'],
  ['dbt.hash(1)', '', 'c4ca4238a0b923820dcc509a6f75849b'],
  ['dbt.hash("null")', '', null],
  ['dbt.string_literal("x")', '', 'x'],
  ["dbt.string_literal(dbt.escape_single_quotes(\"it's ''two''\"))", '', "it's ''two''"],
  ['dbt.split_part("\'a|b|c\'", "\'|\'", 2)', '', 'b'],
  ['dbt.split_part("\'a|b|c\'", "\'|\'", 4)', '', ''],
  ['dbt.split_part("\'a|b|c\'", "\'|\'", -1)', '', 'c'],
  ['dbt.split_part("\'a|b|c\'", "\'|\'", -3)', '', 'a'],
  ['dbt.split_part("\'a|b|c\'", "\'|\'", -4)', '', ''],
  ['dbt.split_part("\'a::b::c\'", "\'::\'", -2)', '', 'b'],
  ['dbt._split_part_negative("\'a|b|c\'", "\'|\'", -2)', '', 'b'],
  ['dbt.split_part("\'\'", "\'|\'", 1)', '', ''],
])('text: %s %s', async (call, from, expected) => {
  expect(await answerOf(`{{ ${call} }}`, from)).toBe(expected);
});

const LETTERS = "cross join (values ('b', 2), ('a', 3), (null, 1), ('c', 4)) as t (v, n)";

test.each([
  ['dbt.listagg("v", "\', \'", "order by n")', 'b, a, c'],
  ['dbt.listagg("v", "\'-\'", "order by v desc")', 'c-b-a'],
  ['dbt.listagg("v", order_by_clause="order by v")', 'a,b,c'],
  // An array keeps NULL, and its text leaves it out.
  ['dbt.listagg("v", "\'|\'", "order by n", 3)', 'b|a'],
  ['dbt.listagg("v", "\'|\'", "order by n desc", 2)', 'c|a'],
  ['dbt.any_value("v")', 'a'],
  ['dbt.bool_or("n > 3")', 'true'],
  ['dbt.bool_or("n > 4")', 'false'],
])('aggregates: %s', async (call, expected) => {
  expect(await answerOf(`{{ ${call} }}`, LETTERS)).toBe(expected);
  expect(await answerOf(`{{ ${call} }}`, `${LETTERS} where false`)).toBeNull();
});

test.each([
  ['dbt.cast("\'12\'", dbt.type_int())', '12'],
  ['dbt.safe_cast("\'1.5\'", dbt.type_float())', '1.5'],
  ['dbt.safe_cast("null", dbt.type_boolean())', null],
  ['dbt.cast_bool_to_text("true")', 'true'],
  ['dbt.cast_bool_to_text("null::boolean")', null],
  ['dbt.cast("\'9007199254740993\'", dbt.type_bigint())', '9007199254740993'],
  ['dbt.cast("\'1.5\'", dbt.type_numeric())', '1.500000'],
  ['dbt.cast("\'2024-02-29 10:11:12.5\'", dbt.type_timestamp())', '2024-02-29 10:11:12.5'],
  ['dbt.cast("12", dbt.type_string())', '12'],
  ['dbt.equals("1", "1")', 'true'],
  ['dbt.equals("1", "2")', 'false'],
  ['dbt.equals("null::int", "null::int")', null],
  ['dbt.array_construct(["1", "2"])', '{1,2}'],
  ['dbt.array_construct()', '{}'],
  ['dbt.array_construct([], dbt.type_string())', '{}'],
  ['dbt.array_append(dbt.array_construct(["1"]), "2")', '{1,2}'],
  ['dbt.array_concat(dbt.array_construct(["1"]), dbt.array_construct(["2", "3"]))', '{1,2,3}'],
])('values: %s', async (call, expected) => {
  expect(await answerOf(`{{ ${call} }}`)).toBe(expected);
});

test('two NULLs are equal where the project says so', async () => {
  expect(await answerOf('{{ dbt.equals("null::int", "null::int") }}', '', nullsEqual)).toBe('true');
  expect(await answerOf('{{ dbt.equals("1", "null::int") }}', '', nullsEqual)).toBe('false');
});

test('set operations keep distinct rows', async () => {
  const two = (between: string) =>
    `select n from (values (1), (1), (2)) as a (n) ${between} select 2 order by 1`;
  expect(await column(two('{{ dbt.except() }}'))).toEqual([1n]);
  expect(await column(two('{{ dbt.intersect() }}'))).toEqual([2n]);
});

test.each([
  ["date_trunc('month', \"timestamp '2024-02-29 13:00'\")", '2024-02-01 00:00:00'],
  ["dateadd('day', 1, \"date '2024-02-28'\")", '2024-02-29 00:00:00'],
  ["dateadd('month', 1, \"date '2024-01-31'\")", '2024-02-29 00:00:00'],
  ["dateadd('year', -1, \"date '2024-02-29'\")", '2023-02-28 00:00:00'],
  ["dateadd('quarter', 2, \"date '2024-01-31'\")", '2024-07-31 00:00:00'],
  ["dateadd('hour', '-1 * 2', \"timestamp '2024-01-01 01:00'\")", '2023-12-31 23:00:00'],
  ["dateadd('day', 'null', \"date '2024-02-28'\")", null],
  ["last_day(\"date '2024-02-10'\", 'month')", '2024-02-29'],
  ["last_day(\"timestamp '2023-02-28 23:59'\", 'month')", '2023-02-28'],
  ["last_day(\"date '2024-02-10'\", 'quarter')", '2024-03-31'],
  ["last_day(\"date '2024-02-10'\", 'year')", '2024-12-31'],
  ["last_day('null::date', 'month')", null],
  ['date(2024, 2, 29)', '2024-02-29'],
])('dates: %s', async (call, expected) => {
  expect(await answerOf(`{{ dbt.${call} }}`)).toBe(expected);
});

test.each([
  ['2023-12-31', '2024-01-01', 'year', '1'],
  ['2024-03-31', '2024-04-01', 'quarter', '1'],
  ['2024-04-01', '2023-12-31', 'quarter', '-2'],
  ['2024-01-31', '2024-02-01', 'month', '1'],
  ['2024-02-01', '2023-12-01', 'month', '-2'],
  ['2024-02-28', '2024-03-01', 'day', '2'],
  ['2024-03-01', '2024-02-28', 'day', '-2'],
  ['2024-01-01 23:59', '2024-01-02 00:00', 'day', '1'],
  ['2024-01-06', '2024-01-07', 'week', '1'],
  ['2024-01-07', '2024-01-13', 'week', '0'],
  ['2024-01-01', '2024-01-15', 'week', '2'],
  ['2024-01-08', '2024-01-06', 'week', '-1'],
  // Backwards over whole weeks: as the original has it, although one week lies between.
  ['2024-01-08', '2024-01-01', 'week', '-2'],
  ['2024-01-01 00:59', '2024-01-01 01:00', 'hour', '1'],
  ['2024-01-02 00:00', '2024-01-01 23:00', 'hour', '-1'],
  ['2024-01-01 00:00:59', '2024-01-01 00:01:00', 'minute', '1'],
  ['2024-01-01 00:00:00.9', '2024-01-01 00:00:01.1', 'second', '1'],
  ['2024-01-01 00:01:00', '2024-01-01 00:00:59', 'second', '-1'],
  ['2024-01-01 00:00:00', '2024-01-01 00:01:00.250', 'millisecond', '60250'],
  ['2024-01-01 00:00:00.000001', '2024-01-01 00:00:00', 'microsecond', '-1'],
])('%s to %s is %s: %s', async (from, to, part, expected) => {
  expect(await answerOf(`{{ dbt.datediff("timestamp '${from}'", "timestamp '${to}'", '${part}') }}`)).toBe(
    expected,
  );
  expect(await answerOf(`{{ dbt.datediff("null::timestamp", "timestamp '${to}'", '${part}') }}`)).toBeNull();
});

test('a datepart that is none is named', async () => {
  await expect(column("{{ dbt.datediff('a', 'b', 'fortnight') }}")).rejects.toThrow("'fortnight'");
});

test('series and spines have every row once, the last included', async () => {
  const numbers = await column('select generated_number::int from ({{ dbt.generate_series(5) }}) as s');
  expect(numbers).toEqual([1n, 2n, 3n, 4n, 5n]);
  expect(await column('{{ dbt.generate_series(1) }}')).toHaveLength(1);
  const powers =
    '{{ dbt.get_powers_of_two(1) }} {{ dbt.get_powers_of_two(4) }} {{ dbt.get_powers_of_two(5) }}';
  expect(await printed(powers)).toBe('1 2 3');
  await expect(column('{{ dbt.get_powers_of_two(0) }}')).rejects.toThrow('must be positive');
  const days = `select date_day::date::text
    from ({{ dbt.date_spine('day', "date '2024-02-28'", "date '2024-03-02'") }}) as s order by 1`;
  expect(await column(days)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
  const months = `select date_month::date::text
    from ({{ date_spine('month', "date '2024-01-31'", "date '2024-04-01'") }}) as s order by 1`;
  expect(await column(months)).toEqual(['2024-01-31', '2024-02-29', '2024-03-31']);
  expect(
    await printed(`{{ dbt.get_intervals_between("date '2024-01-01'", "date '2024-01-09'", 'day') }}`),
  ).toBe('8');
});

test("the clock is the warehouse's, with and without time zone", async () => {
  const type = (call: string) => column(`select pg_typeof({{ dbt.${call}() }})::text`);
  expect(await type('current_timestamp')).toEqual(['timestamp with time zone']);
  for (const call of [
    'snapshot_get_time',
    'current_timestamp_backcompat',
    'current_timestamp_in_utc_backcompat',
  ])
    expect(await type(call)).toEqual(['timestamp without time zone']);
  expect(await answerOf('{{ snapshot_string_as_time("2024-01-01 10:00:00") }}')).toBe('2024-01-01 10:00:00');
});

test("days of a range come from the template's own calendar", async () => {
  expect(await printed('{{ dbt.dates_in_range("20240228", "20240301") | join(" ") }}')).toBe(
    '20240228 20240229 20240301',
  );
  expect(await printed('{{ dbt.partition_range("20240131") }}')).toBe("['20240131']");
  expect(await printed('{{ dbt.partition_range("2024-01-31, 2024-02-01", "%Y-%m-%d") }}')).toBe(
    "['20240131', '20240201']",
  );
  await expect(column('{{ dbt.partition_range("20240201,20240131") }}')).rejects.toThrow(
    'after the end date',
  );
  await expect(column('{{ dbt.partition_range("1,2,3") }}')).rejects.toThrow('Invalid partition time');
  await expect(column('{{ dbt.convert_datetime("2024", "%Y%m%d") }}')).rejects.toThrow("format '%Y%m%d'");
  expect(await printed('{{ dbt.py_current_timestring() }}')).toMatch(/^20\d{18}$/);
});

test('what the host answers is named by its package too', async () => {
  expect(await printed('{{ dbt.run_query("select 7 as n").rows[0][0] }} {{ dbt.is_incremental() }}')).toBe(
    '7 False',
  );
  expect(
    await printed(
      '{% call dbt.statement("s", fetch_result=true) %}select 8{% endcall %}{{ load_result("s").table.rows[0][0] }}',
    ),
  ).toBe('8');
  expect(
    await printed(
      '{% call noop_statement("n", message="kept") %}nothing{% endcall %}{{ load_result("n").response }}',
    ),
  ).toBe('kept');
  expect(await printed('{{ dbt.nothing_such is defined }}')).toBe('False');
  // Also where a macro of the project has the name and calls it.
  expect(await column('{{ run_query("select 5") }}', overriding)).toEqual([6n]);
});

test('queries are limited and checked without running', async () => {
  expect(await column('{{ get_limit_subquery_sql("select generate_series(1, 9)", 2) }}')).toEqual([1n, 2n]);
  expect(await column('{{ get_limit_subquery_sql("select 1", none) }}')).toEqual([1n]);
  expect(
    await column('{% do dbt.validate_sql("select 1 / (relpages - relpages) from pg_class") %}select 1'),
  ).toEqual([1n]);
  await expect(column('{% do dbt.validate_sql("select nothing_such") %}select 1')).rejects.toThrow();
});
