import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SmallProject, smallProject } from '#test/integration/transform/small-project.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';

/*
 * Unit tests of every shape on a real server. Statuses and numbers of failures of the first test are those the original gave for the same
 * files; `arr` and its test are ours, since the original cannot cast to a type of an array.
 */

let database: TestDatabase;
let project: SmallProject;

const UNIT_TESTS = `
unit_tests:
  - name: rows_in_any_order
    model: orders
    given:
      - input: ref('raw')
        rows: [{id: 1, name: a, amount: 1.5}, {id: 1, name: a, amount: 2}, {id: 2, name: "it's", amount: 3, at: 2024-05-01}]
    expect:
      rows: [{id: 2, name: "IT'S", n: 1}, {id: 1, name: A, n: 2}]
  - name: numbers_as_printed
    model: orders
    given: [{input: ref('raw'), rows: [{id: 1}]}]
    expect: {rows: [{fix: 2.3}]}
  - name: other_values
    model: orders
    given:
      - input: ref('raw')
        rows: [{id: 1, name: a, amount: 1.5}, {id: 3, name: c}]
    expect:
      rows: [{id: 1, name: A, amount: 1.50}, {id: 4, name: D, amount: null}]
  - name: unknown_column_given
    model: orders
    given: [{input: ref('raw'), rows: [{idd: 1}]}]
    expect: {rows: [{id: 1}]}
  - name: unknown_column_expected
    model: orders
    given: [{input: ref('raw'), rows: [{id: 1}]}]
    expect: {rows: [{idd: 1}]}
  - name: input_left_out
    model: joined
    given: [{input: ref('raw'), rows: [{id: 1}]}]
    expect: {rows: [{id: 1}]}
  - name: nothing_from_nothing
    model: orders
    given: [{input: ref('raw'), rows: []}]
    expect: {rows: []}
  - name: something_from_something
    model: orders
    given: [{input: ref('raw'), rows: [{id: 1}]}]
    expect: {rows: []}
  - name: told_otherwise
    model: joined
    overrides:
      macros: {dbt.current_timestamp: "'x'", cents: 99}
      vars: {v: 7}
      env_vars: {PLACE: here}
    given: [{input: ref('raw'), rows: [{id: 1}]}, {input: ref('orders'), rows: [{id: 1, n: 4}]}]
    expect: {rows: [{id: 1, n: 4, now_at: x, e: here, v: 7, c: 99}]}
  - name: as_queries
    model: orders
    given: [{input: ref('raw'), format: sql, rows: "select 5 as id, 'q' as name, 2 as amount, null::timestamp as at"}]
    expect: {format: sql, rows: "select 5 as id, 'Q' as name, 2 as amount, 1 as n, null::timestamp as at, 2.30 as fix"}
  - name: query_with_columns_missing
    model: orders
    given: [{input: ref('raw'), format: sql, rows: "select 5 as id, 'q' as name, 2 as amount, null::timestamp as at"}]
    expect: {format: sql, rows: "select 5 as id"}
  - name: as_csv_on_what_stands
    model: grown
    overrides: {macros: {is_incremental: true}}
    given:
      - {input: this, format: csv, rows: "id\\n1\\n2"}
      - {input: ref('raw'), format: csv, rows: "id,name,ok,j,d\\n2,b,true,,\\n3,c,false,\\"{\\"\\"k\\"\\": 2}\\",2024-02-03"}
    expect: {format: csv, fixture: grown}
  - name: from_the_start
    model: grown
    overrides: {macros: {is_incremental: false}}
    given: [{input: ref('raw'), rows: [{id: 1, ok: true}]}]
    expect: {rows: [{id: 1, ok: true}]}
  - name: twice_is_not_once
    model: grown
    overrides: {macros: {is_incremental: false}}
    given: [{input: ref('raw'), rows: [{id: 1}, {id: 1}]}]
    expect: {rows: [{id: 1}]}
  - name: from_a_source
    model: of_source
    given: [{input: "source('out', 'side')", rows: [{id: 1}, {id: 3}]}, {input: ref('passing'), format: sql, rows: select 3 as id}]
    expect: {rows: [{id: 3}]}
  - name: of_all_types
    model: grown
    overrides: {macros: {is_incremental: false}}
    given: [{input: ref('raw'), rows: [{arr: "{3,4}", tz: "2024-01-01 00:00+02", amount: 1.25, j: '{"k": [1, "it''s"]}'}]}]
    expect: {rows: [{arr: "{3,4}", tz: "2023-12-31 22:00+00", amount: 1.25, j: '{"k": [1, "it''s"]}'}]}
`;

const FILES = {
  'models/raw.sql': `{{ config(materialized='table') }}
select 1 as id, 'a'::varchar(5) as name, 1.50::numeric(6,2) as amount, true as ok, timestamp '2024-01-01' as at, now() as tz,
  '{"a":1}'::jsonb as j, array[1,2] as arr, date '2024-01-01' as d`,
  'models/orders.sql': `select id, upper(name) as name, sum(amount) as amount, count(*) as n, max(at) as at, 2.30::numeric as fix
from {{ ref('raw') }} group by 1, 2`,
  'models/grown.sql': `{{ config(materialized='incremental') }}
select * from {{ ref('raw') }} {% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}`,
  'models/joined.sql': `select s.id, m.n, {{ dbt.current_timestamp() }} as now_at, '{{ env_var("PLACE", "none") }}' as e,
  {{ var('v', 1) }} as v, {{ cents() }} as c
from {{ ref('raw') }} s left join {{ ref('orders') }} m on m.id = s.id`,
  'models/passing.sql': "{{ config(materialized='ephemeral') }} select id from {{ ref('raw') }}",
  'models/of_source.sql': "select id from {{ source('out', 'side') }} join {{ ref('passing') }} using (id)",
  'models/sources.yml': 'sources: [{name: out, schema: outside, tables: [{name: side}]}]',
  'models/u.yml': UNIT_TESTS,
  'macros/cents.sql': '{% macro cents() %}1{% endmacro %}',
  'tests/fixtures/grown.csv': 'id,name,ok,j,d\n3,c,false,"{""k"": 2}",2024-02-03\n',
};

/** By the unit test's name: status and failures. */
async function resultsOf(): Promise<Map<string, string>> {
  const text = await readFile(join(project.dir, 'target/run_results.json'), 'utf8');
  const { results } = JSON.parse(text) as {
    results: { unique_id: string; status: string; failures: number | null }[];
  };
  return new Map(
    results.map(({ unique_id: id, status, failures }) => [
      id.split('.').at(-1) ?? id,
      `${status} ${failures}`,
    ]),
  );
}

beforeAll(async () => {
  database = await testDatabase();
  project = await smallProject(database.url, FILES);
  await withClient(database.url, (client) =>
    client.query('create schema outside; create table outside.side (id int)'),
  );
});
afterAll(async () => {
  await project.remove();
  await database.drop();
});

test('every shape of input, expectation and override', async () => {
  expect((await project.transform('run')).code).toBe(0);
  const { code, stderr } = await project.transform('test', '--select', 'test_type:unit');
  expect(code).toBe(1);
  expect(Object.fromEntries(await resultsOf())).toEqual({
    rows_in_any_order: 'pass 0',
    numbers_as_printed: 'fail 1',
    other_values: 'fail 1',
    unknown_column_given: 'error null',
    unknown_column_expected: 'error null',
    input_left_out: 'error null',
    nothing_from_nothing: 'pass 0',
    something_from_something: 'fail 1',
    told_otherwise: 'pass 0',
    as_queries: 'pass 0',
    query_with_columns_missing: 'error null',
    as_csv_on_what_stands: 'pass 0',
    from_the_start: 'pass 0',
    twice_is_not_once: 'fail 1',
    from_a_source: 'pass 0',
    of_all_types: 'pass 0',
  });
  expect(stderr).toContain("Invalid column name: 'idd' in unit test fixture for 'raw'.");
  expect(stderr).toContain("Invalid column name: 'idd' in unit test fixture for expected output.");
  expect(stderr).toContain("depends on a node named 'orders' which was not found");
  expect(stderr).toContain('→  ,1 ,A   ,1.5→1.50\n  +++,3 ,C   ,null\n  ---,4 ,D   ,null');
});

test('what they make is gone afterwards', async () => {
  const { rows } = await withClient(database.url, (client) =>
    client.query("select relname from pg_class where relname like '%dbt_tmp%' or relname like '%unit%'"),
  );
  expect(rows).toEqual([]);
});

test('they can be chosen, listed, and are in the manifest', async () => {
  const listed = await project.transform('ls', '--resource-type', 'unit_test', '--select', 'orders');
  expect(listed.stdout.trim().split('\n')).toContain('unit_test:shop.rows_in_any_order');
  await project.transform('test', '--select', 'unit_test:as_queries', 'test_name:from_the_start');
  expect([...(await resultsOf()).keys()].sort()).toEqual(['as_queries', 'from_the_start']);
  const manifest = JSON.parse(await readFile(join(project.dir, 'target/manifest.json'), 'utf8')) as {
    unit_tests: Record<string, { overrides: unknown; depends_on: unknown; given: unknown[] }>;
    child_map: Record<string, string[]>;
  };
  expect(manifest.unit_tests['unit_test.shop.joined.told_otherwise']).toMatchObject({
    overrides: { macros: { 'dbt.current_timestamp': "'x'" }, vars: { v: 7 }, env_vars: { PLACE: 'here' } },
    depends_on: { nodes: ['model.shop.joined'] },
    given: [{ input: "ref('raw')", format: 'dict', fixture: null, rows: [{ id: 1 }] }, {}],
  });
  expect(manifest.child_map['model.shop.joined']).toContain('unit_test.shop.joined.told_otherwise');
});

test('in a build they come before their model, and one that fails holds it back', async () => {
  const { stderr } = await project.transform('build', '--select', 'orders', 'joined', '--threads', '1');
  const results = await resultsOf();
  expect(results.get('orders')).toBe('skipped null');
  expect(results.get('joined')).toBe('skipped null');
  const lines = stderr.split('\n');
  const first = lines.findIndex((line) => line.includes('START unit test orders::'));
  expect(first).toBeGreaterThan(-1);
  expect(lines.slice(0, first).some((line) => /(OK|SKIP) view/.test(line))).toBe(false);
});

test('a relation that does not stand is named', async () => {
  await withClient(database.url, (client) => client.query('drop table shop.raw cascade'));
  const { stderr } = await project.transform('test', '--select', 'unit_test:from_the_start');
  expect(stderr).toMatch(
    /Not able to get columns for unit test 'raw' from relation .*"raw" because the relation doesn't exist/,
  );
});
