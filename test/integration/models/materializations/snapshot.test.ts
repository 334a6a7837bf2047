import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterEach(() => project.rows('drop schema if exists dev, app cascade; select 1'));
afterAll(() => project.close());

const snapshot = (config: string, sql = 'select * from app.people') => ({
  'snapshots/s.sql': `{% snapshot s %}{{ config(unique_key='id', ${config}) }}\n${sql}\n{% endsnapshot %}`,
});
const run = () => project.build({ command: 'snapshot' });
const people = (rows: string) =>
  project.rows(
    `create schema if not exists app; drop table if exists app.people;
     create table app.people as select * from (values ${rows}) as v(id, name, at); select 1`,
  );
/** `open` when the end is not yet known; `now` for times of the run. */
const states = (from = 'dev.s', more = '') =>
  project.rows(
    `select id, name, case when dbt_valid_from > '2025-01-01' then 'now' else dbt_valid_from::date::text end,
      case when dbt_valid_to is null then 'open' when dbt_valid_to > '9000-01-01' then 'end'
        when dbt_valid_to > '2025-01-01' then 'now' else dbt_valid_to::date::text end${more}
     from ${from} order by id, dbt_valid_from, 4 desc`,
  );

const DAY = (day: number) => `timestamp '2024-01-0${day}'`;
const BEFORE = `(1, 'a', ${DAY(1)}), (2, 'b', ${DAY(1)}), (3, 'c', ${DAY(1)})`;
const AFTER = `(1, 'a', ${DAY(1)}), (2, 'B', ${DAY(2)}), (4, 'd', ${DAY(2)})`;

test('timestamp: what is newer ends the state before it; what is gone stays open', async () => {
  await project.write(snapshot("strategy='timestamp', updated_at='at'"));
  await people(BEFORE);
  await run();
  await people(AFTER);
  await run();
  await run();
  expect(await states()).toEqual([
    '1|a|2024-01-01|open',
    '2|b|2024-01-01|2024-01-02',
    '2|B|2024-01-02|open',
    '3|c|2024-01-01|open',
    '4|d|2024-01-02|open',
  ]);
  expect(await project.rows('select count(distinct dbt_scd_id), min(length(dbt_scd_id)) from dev.s')).toEqual(
    ['5|32'],
  );
});

test.each([
  ["hard_deletes='invalidate'", ['3|c|2024-01-01|now']],
  ['invalidate_hard_deletes=true', ['3|c|2024-01-01|now']],
  ["hard_deletes='ignore'", ['3|c|2024-01-01|open']],
])('%s', async (config, expected) => {
  await project.write(snapshot(`strategy='timestamp', updated_at='at', ${config}`));
  await people(BEFORE);
  await run();
  await people(AFTER);
  await run();
  await run();
  expect((await states()).filter((row) => row.startsWith('3'))).toEqual(expected);
});

test('hard_deletes new_record: a row says that it is gone, and another that it is back', async () => {
  await project.write(snapshot("strategy='timestamp', updated_at='at', hard_deletes='new_record'"));
  await people(BEFORE);
  await run();
  await people(AFTER);
  await run();
  await run();
  const third = async () => (await states('dev.s', ', dbt_is_deleted')).filter((row) => row.startsWith('3'));
  expect(await third()).toEqual(['3|c|2024-01-01|now|False', '3|c|now|open|True']);
  await people(`${AFTER}, (3, 'C', ${DAY(3)})`);
  await run();
  await run();
  expect((await third()).toSorted()).toEqual([
    '3|C|2024-01-03|open|False',
    '3|c|2024-01-01|now|False',
    '3|c|now|2024-01-03|True',
  ]);
});

test.each([
  ["['name']", ['1|a|open', '2|B|open', '2|b|now', '3|c|open', '4|d|open']],
  ["'all'", ['1|a|open', '2|B|open', '2|b|now', '3|c|open', '4|d|open']],
  ["['AT']", ['1|a|open', '2|B|open', '2|b|now', '3|c|open', '4|d|open']],
])('check %s: NULL differs from a value', async (columns, expected) => {
  await project.write(snapshot(`strategy='check', check_cols=${columns}`));
  await people(`${BEFORE}, (5, null, null)`);
  await run();
  await people(`${AFTER}, (5, 'e', ${DAY(1)})`);
  await run();
  await run();
  const rows = await project.rows(
    `select id, name, case when dbt_valid_to is null then 'open' else 'now' end from dev.s where id < 5 order by id, name collate "C"`,
  );
  expect(rows).toEqual(expected);
  expect(await project.rows('select count(*) from dev.s where id = 5')).toEqual(['2']);
});

test('a column that joins the query: the table gets it, every row is a new state; what is gone has none of it', async () => {
  await project.write(snapshot("strategy='check', check_cols='all', hard_deletes='new_record'"));
  await people(BEFORE);
  await run();
  await people(AFTER);
  await project.write(
    snapshot(
      "strategy='check', check_cols='all', hard_deletes='new_record'",
      "select *, 'x' as more from app.people",
    ),
  );
  await run();
  expect(
    await project.rows(
      `select id, name, more, dbt_valid_to is null, dbt_is_deleted from dev.s order by id, dbt_valid_to is null, name`,
    ),
  ).toEqual([
    '1|a|∅|f|False',
    '1|a|x|t|False',
    '2|b|∅|f|False',
    '2|B|x|t|False',
    '3|c|∅|f|False',
    '3|c|∅|t|True',
    '4|d|x|t|False',
  ]);
});

test('dbt_valid_to_current, names of the meta columns, a key of several columns', async () => {
  const config = `strategy='timestamp', updated_at='at', hard_deletes='invalidate', dbt_valid_to_current="'9999-12-31'::timestamp",
    snapshot_meta_column_names={'dbt_valid_from': 'since', 'dbt_valid_to': 'until', 'dbt_scd_id': 'scd', 'dbt_updated_at': 'noted'}`;
  await project.write(
    snapshot(
      `${config}`.replace("unique_key='id'", ''),
      'select id, id % 2 as half, name, at from app.people',
    ),
  );
  await project.write({
    'snapshots/s.sql': `{% snapshot s %}{{ config(unique_key=['id', 'half'], ${config}) }}
select id, id % 2 as half, name, at from app.people{% endsnapshot %}`,
  });
  await people(BEFORE);
  await run();
  await people(AFTER);
  await run();
  const named = '(select *, since as dbt_valid_from, until as dbt_valid_to from dev.s) q';
  expect(await states(named)).toEqual([
    '1|a|2024-01-01|end',
    '2|b|2024-01-01|2024-01-02',
    '2|B|2024-01-02|end',
    '3|c|2024-01-01|now',
    '4|d|2024-01-02|end',
  ]);
});

test('a table that is no snapshot, settings that contradict each other, and a strategy nobody brings are refused', async () => {
  await people(BEFORE);
  await project.rows('create schema dev; create table dev.s as select 1 as id; select 1');
  const message = async (config: string) => {
    await project.write(snapshot(config));
    return (await project.play({ command: 'snapshot' })).get('s')?.message;
  };
  expect(await message("strategy='timestamp', updated_at='at'")).toMatch(
    /missing dbt_scd_id, dbt_valid_from, dbt_valid_to/,
  );
  await project.rows('drop table dev.s; create view dev.s as select 1 as id; select 1');
  expect(await message("strategy='timestamp', updated_at='at'")).toMatch(/table/);
  await project.rows('drop view dev.s; select 1');
  expect(
    await message(
      "strategy='timestamp', updated_at='at', hard_deletes='ignore', invalidate_hard_deletes=true",
    ),
  ).toMatch(/both/);
  expect(await message("strategy='mine'")).toMatch(/snapshot_mine_strategy/);
});

test("a project's own strategy", async () => {
  await project.write({
    ...snapshot("strategy='mine'"),
    'macros/mine.sql': `{% macro snapshot_mine_strategy(node, snapshotted_rel, current_rel, config, target_exists) %}
      {{ return({'unique_key': 'id', 'updated_at': 'at', 'row_changed': 'upper(' ~ current_rel ~ '.name) <> upper(' ~ snapshotted_rel ~ '.name)',
        'scd_id': "md5(id || '/' || at)", 'invalidate_hard_deletes': true}) }}
    {% endmacro %}`,
  });
  await people(BEFORE);
  await run();
  await people(`(1, 'z', ${DAY(4)}), (2, 'B', ${DAY(4)})`);
  await run();
  expect(await states()).toEqual([
    '1|a|2024-01-01|2024-01-04',
    '1|z|2024-01-04|open',
    '2|b|2024-01-01|open',
    '3|c|2024-01-01|now',
  ]);
});
