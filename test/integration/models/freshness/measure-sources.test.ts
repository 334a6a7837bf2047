import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sourcesOf } from '#shared/models/artifacts/sources.ts';
import {
  type FreshnessResult,
  measurable,
  measureSources,
} from '#shared/models/freshness/measure-sources.ts';
import { openProject } from '#shared/models/open-project.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';

const TABLES = `
  create schema raw;
  create table raw.young as select now() - interval '5 minutes' as loaded_at;
  create table raw.old as select now() - interval '2 hours' - g * interval '1 hour' as loaded_at from generate_series(0, 1) g;
  create table raw.ancient as select now() - interval '3 days' as loaded_at;
  create table raw.empty (loaded_at timestamptz);
  create table raw.filtered as select now() - interval '2 hours' as loaded_at, 'a' as kind union all select now(), 'b';
  create table raw.naive as select (now() at time zone 'utc') - interval '90 minutes' as loaded_at;
  create table raw.dates as select current_date as d;
  create table raw.ints as select extract(epoch from now())::int as i;
`;

const SOURCES = `
sources:
  - name: raw
    loaded_at_field: loaded_at
    freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 1, period: day}}
    tables:
      - name: young
      - name: old
      - name: ancient
      - name: empty
      - name: filtered
        config: {freshness: {filter: "kind = 'a'"}}
      - {name: turned_off, freshness: null}
      - name: naive
      - {name: dates, loaded_at_field: d}
      - {name: ints, loaded_at_field: i}
      - name: missing
      - {name: cast_field, identifier: ints, loaded_at_field: to_timestamp(i)}
      - name: by_query
        identifier: young
        loaded_at_query: "select now() - interval '2 hours' from {{ this }} limit 1"
      - {name: by_query_two, identifier: old, loaded_at_query: "select loaded_at from {{ this }}"}
      - {name: unmeasured, identifier: young, loaded_at_field: null}
      - {name: only_warn, identifier: ancient, freshness: {error_after: null}}
      - {name: texts, identifier: young, loaded_at_field: "loaded_at::text"}
      - {name: partial, identifier: old, freshness: {error_after: {count: 90}}}
      - name: partial_period
        identifier: old
        freshness: {error_after: {period: minute}, warn_after: {count: 1, period: minute}}
      - {name: bad_filter, identifier: old, freshness: {filter: nocol = 1}}
      - name: jinja_filter
        identifier: filtered
        freshness: {filter: "kind = '{{ var('kind', 'b') }}'"}
      - {name: tiny, identifier: young, freshness: {warn_after: {count: 0, period: minute}}}
      - {name: query_null, loaded_at_query: "select null::timestamptz"}
  - name: bare
    schema: raw
    tables:
      - {name: young, freshness: {warn_after: {count: 1, period: hour}}}
      - name: old
`;

/** What the original (1.10) answered of the same tables. */
const ANSWERS: Readonly<Record<string, string>> = {
  'raw.young': 'pass',
  'raw.old': 'warn',
  'raw.ancient': 'error',
  'raw.empty': 'error',
  'raw.filtered': 'warn',
  'raw.naive': 'warn',
  'raw.dates': 'runtime error',
  'raw.ints': 'runtime error',
  'raw.missing': 'runtime error',
  'raw.cast_field': 'pass',
  'raw.by_query': 'warn',
  'raw.by_query_two': 'runtime error',
  'raw.unmeasured': 'runtime error',
  'raw.only_warn': 'warn',
  'raw.texts': 'runtime error',
  'raw.partial': 'warn',
  'raw.partial_period': 'warn',
  'raw.bad_filter': 'runtime error',
  'raw.jinja_filter': 'pass',
  'raw.tiny': 'warn',
  'raw.query_null': 'error',
  'bare.young': 'runtime error',
};

const RUN = {
  asOf: '2026-01-02',
  runId: 'r',
  runStartedAt: '2026-01-02T03:04:05.000Z',
  invocationId: 'i',
};

let database: TestDatabase;
let pool: pg.Pool;
let dir: string;

beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.url, (client) => client.query(TABLES));
  pool = new pg.Pool({ connectionString: database.url, max: 4, application_name: 'freshness' });
  dir = await mkdtemp(join(tmpdir(), 'penstock-freshness-'));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

async function measured(files: Readonly<Record<string, string>>): Promise<Map<string, FreshnessResult>> {
  const own = await mkdtemp(join(dir, 'p-'));
  const all = { 'dbt_project.yml': "name: fresh\nversion: '1.0'\nprofile: fresh\n", ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(own, path)), { recursive: true });
    await writeFile(join(own, path), text);
  }
  const target = { name: 'dev', schema: 'dev', database: database.name, type: 'postgres', threads: 2 };
  const project = await openProject(own, { target });
  const results = await measureSources({
    ...{ project, run: RUN, threads: 3, onEvent: () => {} },
    adapter: openPostgresAdapter({ pool }),
    sources: measurable(project),
  });
  return new Map(results.map((result) => [result.source.name, result]));
}

test('each source table is as old as the original says', async () => {
  const results = await measured({ 'models/sources.yml': SOURCES });
  const said = Object.fromEntries([...results].map(([name, { status }]) => [name, status]));
  expect(said).toEqual(ANSWERS);
  expect(results.get('raw.naive')?.age?.ageSeconds).toBeGreaterThan(5_400 - 1);
  expect(results.get('raw.naive')?.age?.ageSeconds).toBeLessThan(5_600);
  expect(results.get('raw.ancient')?.message).toBe('3 days old; error after 1 day');
  expect(results.get('raw.empty')?.message).toBe('never loaded; error after 1 day');
  expect(results.get('raw.young')?.message).toMatch(/^5 minutes .*old$/);
  // What it is that cannot be measured, and no row's value.
  expect(results.get('raw.texts')?.message).toMatch(/loaded_at::text gives no timestamp/);
  expect(results.get('raw.missing')?.message).toMatch(/relation "raw.missing" does not exist/);
  expect(results.get('bare.young')?.message).toMatch(
    /neither loaded_at_field nor loaded_at_query.*postgres/s,
  );
});

test('artifacts hold what was measured, and criteria as they were merged', async () => {
  const results = await measured({ 'models/sources.yml': SOURCES });
  const artifact = sourcesOf({ run: RUN, results: [...results.values()], elapsedMs: 1_500 });
  const entries = artifact['results'] as readonly Record<string, unknown>[];
  const of = (name: string) => entries.find(({ unique_id }) => unique_id === `source.fresh.${name}`);
  expect(entries).toHaveLength(Object.values(ANSWERS).filter((status) => status !== 'runtime error').length);
  expect(of('raw.empty')).toMatchObject({
    status: 'error',
    max_loaded_at: '0001-01-01T00:00:00Z',
    adapter_response: { _message: 'SELECT 1', code: 'SELECT', rows_affected: 1 },
  });
  expect(of('raw.empty')?.['max_loaded_at_time_ago_in_s']).toBeGreaterThan(6e10);
  expect(of('raw.partial')?.['criteria']).toEqual({
    warn_after: { count: 1, period: 'hour' },
    error_after: { count: 1, period: 'day' },
    filter: null,
  });
  expect(of('raw.by_query')?.['max_loaded_at_time_ago_in_s']).toBe(7_200);
  expect(of('raw.by_query')?.['snapshotted_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test("a project's own macro measures in place of the built-in one", async () => {
  const results = await measured({
    'models/sources.yml': `sources:
  - name: raw
    loaded_at_field: loaded_at
    freshness: {warn_after: {count: 1, period: hour}}
    tables: [{name: ancient}]`,
    'macros/own.sql': `{% macro collect_freshness(source, loaded_at_field, filter) %}
      {{ return(run_query('select now() - interval \\'10 minutes\\', now() from ' ~ source)) }}
    {% endmacro %}`,
  });
  expect(results.get('raw.ancient')?.age?.ageSeconds).toBe(600);
});
