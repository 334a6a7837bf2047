import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { waitFor } from '#test/support/wait-for.ts';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
  await project.rows(`create schema app; create table app.log (n serial, what text, tx text); select 1`);
});
afterEach(() =>
  project.rows('drop schema if exists dev cascade; truncate app.log restart identity; select 1'),
);
afterAll(() => project.close());

const model = (config: string, sql = 'select 1 as id, 2 as other') => ({
  'models/m.sql': `{{ config(${config}) }}\n${sql}`,
});

test('hooks inside and outside of the transaction, rendered when they run', async () => {
  const note = (what: string) =>
    `insert into app.log (what, tx) select '${what} ' || coalesce(max(id)::text, 'none'), pg_current_xact_id()::text from {{ this }}`;
  await project.write({
    ...model(
      `materialized='table', pre_hook=[before_begin("vacuum app.log"), "insert into app.log (what, tx) values ('pre', pg_current_xact_id()::text)"],
       post_hook=["${note('post')}", {"sql": "${note('after')}", "transaction": false}, after_commit("vacuum app.log"), "{{ see() }}", ""]`,
    ),
    'macros/see.sql': `{% macro see() %}{% if execute %}{% set rows = run_query('select count(*) from ' ~ this) %}insert into app.log (what) values ('saw {{ rows.rows[0][0] }}'){% endif %}{% endmacro %}`,
  });
  await project.build();
  expect(await project.rows('select what from app.log order by n')).toEqual([
    'pre',
    'post 1',
    'saw 1',
    'after 1',
  ]);
  const [pre, post, after] = await project.rows('select tx from app.log where tx is not null order by n');
  expect(pre).toBe(post);
  expect(after).not.toBe(post);
});

test('a hook that fails takes the build back', async () => {
  await project.write(model("materialized='table'"));
  await project.build();
  await project.write(model("materialized='table', post_hook='select 1/0'", 'select 5 as id'));
  expect((await project.play()).get('m')?.status).toBe('error');
  expect(await project.rows('select id from dev.m')).toEqual(['1']);
  expect(
    await project.rows(
      "select relname from pg_class where relnamespace = 'dev'::regnamespace and relkind = 'r'",
    ),
  ).toEqual(['m']);
});

const GRANTS = `select grantee, string_agg(lower(privilege_type), ',' order by privilege_type) from information_schema.role_table_grants
  where table_schema = 'dev' and table_name = 'm' and grantee not in ('postgres', current_user) group by 1 order by 1`;

test('grants: given to what is new, taken from what stays when the configuration no longer has them', async () => {
  const roles = ['pg_monitor', 'pg_read_all_data'];
  await project.write(
    model(`materialized='incremental', grants={'select': ${JSON.stringify(roles)}, 'insert': 'pg_monitor'}`),
  );
  await project.build();
  expect(await project.rows(GRANTS)).toEqual(['pg_monitor|insert,select', 'pg_read_all_data|select']);
  await project.write(model("materialized='incremental', grants={'select': ['PG_MONITOR']}"));
  await project.build();
  expect(await project.rows(GRANTS)).toEqual(['pg_monitor|select']);
  project.sent();
  await project.build();
  expect(project.sent().filter((sql) => /^(grant|revoke)/.test(sql))).toEqual([]);
  await project.write(model("materialized='table', grants={'select': ['pg_read_all_data']}"));
  await project.build();
  expect(await project.rows(GRANTS)).toEqual(['pg_read_all_data|select']);
});

test('descriptions become comments, on views, tables and materialized views; columns that are not there are warned of', async () => {
  const docs = (more: string) =>
    `version: 2\nmodels:\n  - name: m\n    description: "It's $1 a $$2"\n    config: {persist_docs: {relation: true, columns: true}}\n    columns:\n      - {name: ID, description: "50% 'of' it"}${more}\n`;
  for (const kind of ['view', 'table', 'incremental', 'materialized_view']) {
    await project.write({
      ...model(`materialized='${kind}'`),
      'models/m.yml': docs('\n      - {name: nowhere, description: x}'),
    });
    project.said();
    await project.build({ fullRefresh: true });
    expect(
      await project.rows("select obj_description('dev.m'::regclass), col_description('dev.m'::regclass, 1)"),
    ).toEqual(["It's $1 a $$2|50% 'of' it"]);
    expect(project.said().join()).toContain('nowhere');
  }
  await project.write({ 'models/m.yml': 'version: 2\n' });
});

const contract = (columns: string, more = '') =>
  `version: 2\nmodels:\n  - name: m\n    config: {contract: {enforced: true}}\n${more}    columns:\n${columns}\n`;
const COLUMNS = `      - {name: other, data_type: int, constraints: [{type: not_null}, {type: check, expression: other > 0}]}
      - {name: id, data_type: integer, constraints: [{type: primary_key}]}
      - {name: "Name", quote: true, data_type: varchar(9), constraints: [{type: unique}]}`;

test('a contract makes the table with its constraints, columns in its order; a broken one says how', async () => {
  const sql = `select 1 as id, 2 as other, 'n'::text as "Name"`;
  const more =
    '    constraints: [{type: check, name: small, expression: "id < 10"}, {type: foreign_key, columns: [id], expression: "app.ids (id)"}]\n';
  await project.rows(
    'create table if not exists app.ids (id int primary key); insert into app.ids values (1) on conflict do nothing; select 1',
  );
  for (const kind of ['table', 'incremental']) {
    await project.write({
      ...model(`materialized='${kind}', on_schema_change='fail'`, sql),
      'models/m.yml': contract(COLUMNS, more),
    });
    await project.build({ fullRefresh: true });
    expect(await project.rows('select * from dev.m')).toEqual(['2|1|n']);
    expect(
      await project.rows(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'dev.m'::regclass and contype <> 'n' order by 1",
      ),
    ).toEqual([
      'CHECK ((id < 10))',
      'CHECK ((other > 0))',
      'FOREIGN KEY (id) REFERENCES app.ids(id)',
      'PRIMARY KEY (id)',
      'UNIQUE ("Name")',
    ]);
  }
  await project.write(
    model("materialized='table'", `select 1::bigint as id, 'n'::text as "Name", 3 as unasked`),
  );
  const broken = (await project.play()).get('m')?.message;
  expect(broken).toMatch(/\| id +\| LONGINTEGER +\| INTEGER +\| data type mismatch/);
  expect(broken).toMatch(/\| other +\| +\| INTEGER +\| missing in definition/);
  expect(broken).toMatch(/\| unasked +\| INTEGER +\| +\| missing in contract/);
  await project.write(model("materialized='table'", `select 1 as id, 0 as other, 'n' as "Name"`));
  expect((await project.play()).get('m')?.message).toMatch(/constraint/);
  expect(await project.rows('select * from dev.m')).toEqual(['2|1|n']);
  await project.write({ ...model("materialized='view'", sql) });
  await project.build();
  expect(await project.rows('select "Name" from dev.m')).toEqual(['n']);
});

test('an abort cancels the statement on the server and leaves what stood', async () => {
  await project.write({ ...model("materialized='table'"), 'models/m.yml': 'version: 2\n' });
  await project.build();
  await project.write(model("materialized='table'", 'select pg_sleep(60)::text as id'));
  const abort = new AbortController();
  const played = project.play({ signal: abort.signal });
  const running =
    "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)%' and datname = current_database() and pid <> pg_backend_pid()";
  await waitFor(async () => (await project.rows(running))[0] === '1', { what: 'the model to run' });
  abort.abort();
  expect((await played).get('m')?.status).toBe('skipped');
  expect(await project.rows(running)).toEqual(['0']);
  expect(await project.rows('select id from dev.m')).toEqual(['1']);
});

test('what tests print is heard, and `this` is where a test would keep its failures; a hook of the project has none', async () => {
  await project.write({
    'dbt_project.yml':
      'name: played\nversion: "1.0"\nprofile: played\non-run-start: "{% if execute %}{% do print(\'hook \' ~ this) %}{% endif %}"\n',
    'models/m.sql': 'select 1 as id',
    'tests/t.sql':
      "{% if execute %}{% do print('test ' ~ this.schema ~ ' ' ~ this.identifier) %}{% endif %}select * from {{ ref('m') }} where id > 1",
  });
  await project.play({ command: 'build' });
  expect(project.said()).toEqual(expect.arrayContaining(['hook None', 'test dev_dbt_test__audit t']));
});
