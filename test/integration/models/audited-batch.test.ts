import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

let dir: string;
let database: TestDatabase;
let pool: pg.Pool;
let state: ModelVersions;
let runs = 0;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-batch-'));
  await mkdir(join(dir, 'models'), { recursive: true });
  await mkdir(join(dir, 'macros'), { recursive: true });
  await write('dbt_project.yml', "name: batched\nversion: '1.0'\nprofile: batched\n");
  database = await testDatabase();
  pool = openPool();
  state = {};
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(dir, { recursive: true });
});

const openPool = () => new pg.Pool({ connectionString: database.url, max: 3 });
const write = (file: string, text: string): Promise<void> => writeFile(join(dir, file), text);
const rows = async (sql: string): Promise<unknown[]> =>
  (await pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.flat();

/** A model with `history` rows at first, then these. */
const model = (strategy: string, history: number, more: string, config = ''): Promise<void> =>
  write(
    'models/m.sql',
    `{{ config(materialized='incremental', incremental_strategy='${strategy}', unique_key='id', indexes=[{'columns': ['id'], 'unique': false},
       {'columns': ['code'], 'unique': false}]${config}) }}
     -- depends on {{ ref('parents') }}
     {% if is_incremental() %}select id, code, parent from (values ${more}) v(id, code, parent)
     {% else %}select g as id, 'c' || g as code, g as parent from generate_series(1, ${history}) g{% endif %}`,
  );
const TESTS = `
models:
  - name: m
    columns:
      - { name: id, data_tests: [not_null, unique, { relationships: { arguments: { to: ref('parents'), field: id } } }] }
      - { name: code, data_tests: [unique, { accepted_values: { arguments: { values: ['c1', 'c2', 'c3', 'new', 'other'] }, config: { where: "id > 3 and id < 1000000 or id > 2000000" } } }] }`;

async function build() {
  runs += 1;
  const target = { name: 't', schema: 'dev', database: database.name, type: 'postgres', threads: 1 };
  const result = await buildLayers({
    project: await openPipelineProject(dir, { target }, {}),
    ...{ warehouse: openPostgresModelWarehouse({ pool }), tag: { runId: `batch${runs}`, attempt: 1 }, state },
    ...{ asOf: '2024-03-10', threads: 1 },
  });
  state = result.newState;
  const built = result.models.find(({ name }) => name === 'm');
  return {
    status: built?.status,
    failing: built?.tests.filter(({ status }) => status !== 'pass').map(({ name }) => name) ?? [],
    tests: built?.tests.length,
  };
}

/** Rows of dev.m read one after the other so far; statistics are written when a session ends. */
async function scanned(): Promise<number> {
  await pool.end();
  pool = openPool();
  const [count] = await rows(
    "select seq_tup_read::int from pg_stat_user_tables where relname = 'm' and schemaname = 'dev'",
  );
  return Number(count);
}

test.each(['merge', 'delete+insert'])(
  'the cost of merging and testing by %s follows the batch, not the history',
  async (strategy) => {
    const config = ", post_hook=\"{{ 'analyze ' ~ this if not is_incremental() else 'select 1' }}\"";
    await write(
      'models/parents.sql',
      "{{ config(materialized='table') }} select generate_series(1, 60001) as id",
    );
    await model(strategy, 60_000, "(5, 'new', 1), (60001, 'other', 1)", config);
    await write('models/m.yml', TESTS.replace(/, \{ accepted_values.*?\} \}(?=\])/s, ''));
    expect(await build()).toMatchObject({ status: 'published', failing: [] });
    await pool.query('analyze dev.m');
    const before = await scanned();
    await write(
      'models/parents.sql',
      "{{ config(materialized='table') }} select generate_series(1, 60002) as id",
    );
    expect(await build()).toMatchObject({ status: 'published', failing: [], tests: 4 });
    expect((await scanned()) - before).toBe(0);
    expect(await rows('select count(*)::int from dev.m')).toEqual([60_001]);
  },
);

test.each<[string, string, string[]]>([
  ['a key that is NULL', "(null::int, 'new', 1)", ['not_null_m_id']],
  ['a value that another row has, whatever its key', "(9, 'c1', 1)", ['unique_m_code']],
  ['a key twice in the batch, where they are added', "(9, 'new', 1), (9, 'other', 1)", ['unique_m_id']],
  ['a parent that is not there', "(99, 'new', 1)", ['relationships_m_id__id__ref_parents_']],
  ['nothing', "(9, 'new', 1)", []],
])('a batch is refused for %s', async (_what, more, failing) => {
  await write('models/parents.sql', "{{ config(materialized='table') }} select generate_series(1, 9) as id");
  await model('append', 3, more);
  await write('models/m.yml', TESTS);
  expect(await build()).toMatchObject({ failing: [] });
  await write('models/parents.sql', "{{ config(materialized='table') }} select generate_series(1, 10) as id");
  const second = await build();
  expect(second.failing).toEqual(failing);
  expect(await rows('select count(*)::int from dev.m')).toEqual([failing.length === 0 ? 4 : 3]);
});

test('a test of the project’s own under a built-in name reads the whole table', async () => {
  await write('models/parents.sql', "{{ config(materialized='table') }} select 1 as id");
  await write(
    'macros/not_null.sql',
    '{% test not_null(model, column_name) %}select 1 where (select count(*) from {{ model }}) < 4{% endtest %}',
  );
  await model('merge', 3, "(9, 'new', 1)");
  await write(
    'models/m.yml',
    'models: [{ name: m, columns: [{ name: id, data_tests: [{ not_null: { config: { severity: warn } } }] }] }]',
  );
  expect((await build()).failing).toEqual(['not_null_m_id']);
  await write('models/parents.sql', "{{ config(materialized='table') }} select 2 as id");
  expect((await build()).failing).toEqual([]);
});

test('what a merge leaves as it was, and what a hook makes of it, is judged as it stands', async () => {
  const parents = (from: number): Promise<void> =>
    write(
      'models/parents.sql',
      `{{ config(materialized='table') }} select generate_series(${from}, 9) as id`,
    );
  await write(
    'models/m.yml',
    `models: [{ name: m, columns: [{ name: code, data_tests: [not_null, { accepted_values: { arguments: { values: [c1, c2, c3] } } }] }] }]`,
  );
  await parents(1);
  // The code of a row that is there stays.
  await model('merge', 3, "(1, 'bad', 7)", ", merge_update_columns=['parent']");
  expect((await build()).failing).toEqual([]);
  await parents(2);
  expect((await build()).failing).toEqual([]);
  expect(await rows('select code, parent from dev.m where id = 1')).toEqual(['c1', 7]);
  await model(
    'merge',
    3,
    "(2, 'c2', 7)",
    `, post_hook="update {{ this }} set code = null where id = 2 and parent = 7"`,
  );
  expect((await build()).failing).toEqual(['not_null_m_code']);
});
