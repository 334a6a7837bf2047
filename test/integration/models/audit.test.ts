import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '#test/support/wait-for.ts';
import { type Play, type PlayedProject, playedProject } from './materializations/played-project.ts';

let project: PlayedProject;
beforeEach(async () => {
  project = await playedProject();
});
const clients: pg.Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
  await project.close();
});

const audited = (play: Play = {}): Play => ({ command: 'build', audit: true, ...play });

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: project.database.url });
  clients.push(client);
  await client.connect();
  return client;
}

const statuses = async (play: Play = {}): Promise<Record<string, string>> =>
  Object.fromEntries([...(await project.play(audited(play)))].map(([name, { status }]) => [name, status]));

/** What is left of names that only a run uses. */
const leftovers = (): Promise<string[]> =>
  project.rows(
    "select relname from pg_class where relname ~ '^inv|__(c|o|dbt)_' and relkind in ('r', 'p', 'v', 'm') order by 1",
  );

const EVERY_KIND = {
  'seeds/s.csv': 'id,name\n1,a\n2,b\n',
  'models/t.sql':
    "{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}]) }} select * from {{ ref('s') }}",
  'models/e.sql': "{{ config(materialized='ephemeral') }} select id from {{ ref('t') }}",
  'models/v.sql': "{{ config(materialized='view') }} select id + 0 as id from {{ ref('e') }}",
  'models/m.sql': "{{ config(materialized='materialized_view') }} select id from {{ ref('v') }}",
  'models/added.sql': `{{ config(materialized='incremental', unique_key='id') }}
    select id, '{{ this.identifier }}' as built_as, {{ is_incremental() }} as added from {{ ref('t') }}`,
  'models/own.sql': "{{ config(materialized='own') }} select count(*) as n from {{ ref('m') }}",
  'macros/own.sql': `{% materialization own, default %}
    {%- do run_hooks(pre_hooks) -%}
    {%- call statement('main') -%}drop table if exists {{ this }}; create table {{ this }} as {{ sql }}{%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this]}) }}
  {% endmaterialization %}`,
  'snapshots/kept.sql':
    "{% snapshot kept %}{{ config(strategy='check', unique_key='id', check_cols='all', target_schema='dev') }}select * from {{ ref('t') }}{% endsnapshot %}",
  'models/schema.yml': `
models:
  - name: t
    config: { contract: { enforced: true }, grants: { select: public } }
    columns:
      - { name: id, data_type: int, data_tests: [unique, not_null] }
      - { name: name, data_type: text }
  - name: v
    columns: [{ name: id, data_tests: [not_null, { relationships: { arguments: { to: ref('t'), field: id } } }] }]
  - name: added
    columns: [{ name: id, data_tests: [unique] }]
  - name: own
    columns: [{ name: n, data_tests: [not_null] }]
unit_tests:
  - name: v_adds_nothing
    model: v
    given: [{ input: ref('e'), format: sql, rows: select 7 as id }]
    expect: { rows: [{ id: 7 }] }`,
};

test('every kind of node builds, is tested and is published, twice; nothing is left behind, and readers elsewhere follow', async () => {
  await project.write(EVERY_KIND);
  const first = await project.build(audited());
  expect(first.size).toBe(14);
  expect(await project.rows('select * from dev.t order by 1')).toEqual(['1|a', '2|b']);
  await project.rows('create schema app; create view app.reader as select sum(id) as ids from dev.t');
  await project.write({ ...EVERY_KIND, 'seeds/s.csv': 'id,name\n1,a\n2,c\n3,d\n' });
  await project.build(audited());
  expect(await project.rows('select * from dev.t order by 1')).toEqual(['1|a', '2|c', '3|d']);
  expect(await project.rows('select id from dev.v order by 1')).toEqual(['1', '2', '3']);
  expect(await project.rows('select id from dev.m order by 1')).toEqual(['1', '2', '3']);
  expect(await project.rows('select ids from app.reader')).toEqual(['6']);
  expect(await project.rows('select id, built_as, added from dev.added order by 1')).toEqual([
    '1|added|t',
    '2|added|t',
    '3|added|t',
  ]);
  expect(await project.rows('select n from dev.own')).toEqual(['3']);
  expect(await project.rows('select count(*), count(dbt_valid_to) from dev.kept')).toEqual(['4|1']);
  expect(await project.rows("select has_table_privilege('public', 'dev.t', 'select')")).toEqual(['t']);
  expect(await leftovers()).toEqual([]);
});

const ORDERS = {
  'models/orders.sql': "{{ config(materialized='table') }} select 1 as id, {{ var('amount', 5) }} as amount",
  'models/totals.sql':
    "{{ config(materialized='table') }} select sum(amount) as total from {{ ref('orders') }}",
  'models/other.sql': "{{ config(materialized='table') }} select {{ var('amount', 5) }} as x",
  'tests/no_negative.sql': "select * from {{ ref('orders') }} where amount < 0",
};

test('what a test refuses stays as it was, is kept aside and named; what hangs below it too; the rest is published', async () => {
  await project.write(ORDERS);
  await project.build(audited());
  const results = await project.play(audited({ vars: { amount: -1 }, storeFailures: true }));
  const of = (name: string) => results.get(name);
  expect(of('no_negative')).toMatchObject({ status: 'fail', failures: 1 });
  expect(of('orders')?.status).toBe('error');
  expect(of('totals')?.status).toBe('skipped');
  expect(of('other')?.status).toBe('success');
  expect(await project.rows('select amount, total, x from dev.orders, dev.totals, dev.other')).toEqual([
    '5|5|-1',
  ]);
  const kept =
    /^built, and not published: test\.played\.no_negative failed; kept as dev\.(inv\w+_c_orders)$/.exec(
      of('orders')?.message ?? '',
    )?.[1];
  expect(await project.rows(`select amount from dev.${kept}`)).toEqual(['-1']);
  expect(await leftovers()).toEqual([kept]);
  // The next publication of the model takes it away.
  await project.build(audited({ vars: { amount: 8 } }));
  expect(await project.rows('select amount, total from dev.orders, dev.totals')).toEqual(['8|8']);
  expect(await leftovers()).toEqual([]);
});

test('what was built on a candidate that a later test refuses is not published either', async () => {
  await project.write({
    'models/a.sql': "{{ config(materialized='table') }} select {{ var('id', 1) }} as id",
    'models/b.sql': "{{ config(materialized='table') }} select 1 as id",
    'models/below_a.sql': "select id from {{ ref('a') }}",
    'models/schema.yml': `
models:
  - name: a
    columns: [{ name: id, data_tests: [{ relationships: { arguments: { to: ref('b'), field: id } } }] }]`,
  });
  await project.build(audited());
  const results = await project.play(audited({ vars: { id: 2 } }));
  expect(results.get('below_a')).toMatchObject({
    status: 'skipped',
    message: 'built, and not published: model.played.a is not',
  });
  expect(results.get('b')?.status).toBe('success');
  expect(await project.rows('select a.id, v.id from dev.a, dev.below_a v')).toEqual(['1|1']);
});

test('rows added to what stands are tested before they are committed, and rolled back', async () => {
  await project.write({
    'models/added.sql': `{{ config(materialized='incremental', unique_key='id', post_hook="insert into dev.hooked values (1)") }}
      select {{ var('id', 1) }} as id, {{ var('amount', 5) }} as amount`,
    'models/below.sql': "select * from {{ ref('added') }}",
    'snapshots/kept.sql': `{% snapshot kept %}{{ config(strategy='check', unique_key='id', check_cols='all', target_schema='dev') }}
      select 1 as id, {{ var('amount', 5) }} as amount{% endsnapshot %}`,
    'models/schema.yml': `
models:
  - name: added
    columns: [{ name: amount, data_tests: [{ dbt_like: {}, config: { store_failures: true } }] }]
snapshots:
  - name: kept
    columns: [{ name: amount, data_tests: [dbt_like] }]`,
    'tests/generic/dbt_like.sql':
      '{% test dbt_like(model, column_name) %}select * from {{ model }} where {{ column_name }} < 0{% endtest %}',
  });
  await project.rows('create schema dev; create table dev.hooked (n int)');
  await project.build(audited());
  const results = await project.play(audited({ vars: { id: 2, amount: -1 } }));
  expect([...results].map(([name, { status }]) => [name, status]).sort()).toEqual(
    [
      ['added', 'error'],
      ['below', 'skipped'],
      ...[...results.keys()].filter((name) => /^[0-9a-f]{10}$/.test(name)).map((name) => [name, 'fail']),
      ['kept', 'error'],
    ].sort(),
  );
  expect(results.get('added')?.message).toContain('it was rolled back');
  expect(await project.rows('select id, amount from dev.added')).toEqual(['1|5']);
  expect(await project.rows('select amount from dev.kept')).toEqual(['5']);
  expect(await project.rows('select count(*) from dev.hooked')).toEqual(['1']);
  await project.build(audited({ vars: { id: 2, amount: 1 } }));
  expect(await project.rows('select id, amount from dev.added order by 1')).toEqual(['1|5', '2|1']);
});

test('what a killed run left is dropped by the next one; what a living one needs is not', async () => {
  await project.write(ORDERS);
  await project.build(audited());
  await project.rows(
    'create table dev.inv0123456789ab_c_orders (n int); create view dev.inv0123456789ab_c_v as table dev.inv0123456789ab_c_orders',
  );
  await project.rows('create table dev.invba9876543210_c_orders (n int)');
  await project.rows('create table dev.orders__c_01arz_1 (n int)');
  const holder = await connected();
  await holder.query("select pg_advisory_lock(hashtextextended('penstock:run:invba9876543210', 0))");
  await project.build(audited());
  expect(await leftovers()).toEqual(['invba9876543210_c_orders', 'orders__c_01arz_1']);
});

test('a name of 63 characters leaves nothing behind either, and is kept when refused', async () => {
  const long = 'n'.repeat(63);
  await project.write({
    [`models/${long}.sql`]: "{{ config(materialized='table') }} select {{ var('id', 1) }} as id",
    'tests/positive.sql': `select * from {{ ref('${long}') }} where id < 0`,
  });
  await project.build(audited());
  await project.build(audited({ vars: { id: 2 } }));
  expect(await leftovers()).toEqual([]);
  await project.play(audited({ vars: { id: -2 } }));
  expect(await leftovers()).toHaveLength(1);
  await project.build(audited({ vars: { id: 3 } }));
  expect(await project.rows(`select id from dev.${long}`)).toEqual(['3']);
  expect(await leftovers()).toEqual([]);
});

test('a model whose name looks like one of a run’s is published and stays', async () => {
  const names = ['sales_o_matic', 'a__o_b', 'inv_c_x', 'b__c_d__unlogged'];
  const model = "{{ config(materialized='table') }} select {{ var('id', 1) }} as id";
  await project.write(Object.fromEntries(names.map((name) => [`models/${name}.sql`, model])));
  await project.build(audited());
  await project.build(audited({ vars: { id: 2 } }));
  for (const name of names)
    expect([name, await project.rows(`select id from dev.${name}`)]).toEqual([name, ['2']]);
});

test('a cancelled run publishes nothing and leaves nothing', async () => {
  await project.write({
    ...ORDERS,
    'models/slow.sql':
      "{{ config(materialized='table') }} select pg_sleep({{ var('sleep', 0) }}) is null as x from {{ ref('totals') }}",
  });
  await project.build(audited());
  const stop = new AbortController();
  const cancelled = statuses({ vars: { amount: 9, sleep: 60 }, signal: stop.signal });
  await waitFor(
    async () =>
      (
        await project.rows(
          "select from pg_stat_activity where query ~ 'pg_sleep.60' and datname = current_database() and pid <> pg_backend_pid() and state = 'active'",
        )
      ).length > 0,
    {
      timeoutMs: 10_000,
      what: 'the slow model to run',
    },
  );
  stop.abort();
  expect(await cancelled).toMatchObject({ orders: 'skipped', slow: 'skipped' });
  expect(await project.rows('select amount from dev.orders')).toEqual(['5']);
  expect(await leftovers()).toEqual([]);
});

test('after a failure that stops the run at once, what was not tested is not published', async () => {
  await project.write({
    'models/a.sql': "{{ config(materialized='table') }} select {{ var('id', 1) }} as id",
    'models/bad.sql':
      "{{ config(materialized='table') }} select 1 / {{ var('by', 1) }} as x from {{ ref('a') }}",
    'tests/late.sql': "select 1 from {{ ref('a') }} a join {{ ref('bad') }} b on false",
  });
  await project.build(audited());
  const results = await project.play(audited({ vars: { id: 2, by: 0 }, failFast: true }));
  expect(results.get('a')).toMatchObject({ status: 'error' });
  expect(results.get('a')?.message).toContain('test.played.late did not run');
  expect(await project.rows('select id from dev.a')).toEqual(['1']);
});

test('a publication that cannot have its locks fails what it was to publish, and the next one succeeds', async () => {
  await project.write(ORDERS);
  await project.build(audited());
  const reader = await connected();
  await reader.query('begin');
  await reader.query('select * from dev.orders');
  const results = await project.play(
    audited({ audit: { lockTimeoutMs: 20, giveUpAfterMs: 200 }, vars: { amount: 6 } }),
  );
  expect(results.get('orders')).toMatchObject({ status: 'error' });
  expect(results.get('orders')?.message).toContain('the swap gave way every time');
  expect(results.get('no_negative')?.status).toBe('pass');
  await reader.query('commit');
  expect(await project.rows('select amount from dev.orders')).toEqual(['5']);
  expect(await leftovers()).toEqual([]);
  await project.build(audited({ vars: { amount: 6 } }));
  expect(await project.rows('select amount from dev.orders')).toEqual(['6']);
});

test('readers in a loop wait at most 150 ms and see full, tested tables of one run only', async () => {
  await project.write(ORDERS);
  await project.build(audited());
  const reader = await connected();
  const seen = { reads: 0, longestMs: 0, mixed: [] as string[] };
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const began = performance.now();
      const { rows } = await reader.query(
        'select o.amount, t.total::int, r.x from dev.orders o, dev.totals t, dev.other r',
      );
      seen.longestMs = Math.max(seen.longestMs, performance.now() - began);
      seen.reads += 1;
      const [row] = rows;
      if (rows.length !== 1 || row.amount !== row.total || row.amount < 0 || row.amount !== row.x)
        seen.mixed.push(JSON.stringify(rows));
    }
  })();
  for (let amount = 10; amount < 14; amount += 1) await project.build(audited({ vars: { amount } }));
  isOver = true;
  await reading;
  expect(seen).toMatchObject({ mixed: [] });
  expect(seen.reads).toBeGreaterThan(20);
  expect(seen.longestMs).toBeLessThan(150);
});

test('batches of a microbatch model are built aside, and added in audited transactions afterwards', async () => {
  await project.write({
    'models/events.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='at', event_time='at', begin='2024-01-01', batch_size='day', lookback=0) }}
      select at, {{ var('amount', 1) }} as amount from (values (timestamp '2024-01-01 10:00'), (timestamp '2024-01-02 10:00'), (timestamp '2024-01-03 10:00')) v(at)
      {% if model.batch %} where at >= '{{ model.batch.event_time_start }}' and at < '{{ model.batch.event_time_end }}'{% endif %}`,
    'tests/positive.sql': "select * from {{ ref('events') }} where amount < 0",
  });
  await project.build(audited({ now: '2024-01-02T12:00:00Z' }));
  expect(await project.rows('select count(*) from dev.events')).toEqual(['2']);
  const failed = await project.play(audited({ now: '2024-01-03T12:00:00Z', vars: { amount: -1 } }));
  expect(failed.get('events')?.status).toBe('error');
  expect(await project.rows('select count(*), min(amount) from dev.events')).toEqual(['2|1']);
  await project.build(audited({ now: '2024-01-03T12:00:00Z' }));
  expect(await project.rows('select count(*) from dev.events')).toEqual(['3']);
  expect(await leftovers()).toEqual([]);
});
