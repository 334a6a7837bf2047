import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterEach(() => project.rows('drop schema if exists dev, app cascade; select 1'));
afterAll(() => project.close());

const NOW = '2024-03-03T10:30:00Z';

/** `m` reads events by their `at`, and all of the kinds, which have no event_time. */
const files = (more = '', select = 'e.id, e.at, k.name, count(*) over ()::int as together') => ({
  'models/sources.yml': `version: 2
sources:
  - name: app
    schema: app
    tables:
      - {name: events, config: {event_time: at}}
      - {name: kinds}
`,
  'models/m.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id', event_time='at',
    batch_size='day', begin='2024-03-01'${more}) }}
select ${select} from {{ source('app', 'events') }} as e join {{ source('app', 'kinds') }} as k using (kind)`,
});

async function world(): Promise<void> {
  await project.rows(`create schema app; create table app.kinds as select 1 as kind, 'one'::text as name;
    create table app.events as select * from (values
      (1, 1, timestamp '2024-02-28 12:00'), (2, 1, '2024-03-01 00:00'), (3, 1, '2024-03-01 23:59:59'), (4, 1, '2024-03-02 12:00'),
      (5, 1, '2024-03-03 01:00'), (6, 1, '2024-03-03 23:00'), (7, 1, '2024-03-04 00:00')) as v(id, kind, at); select 1`);
}

const ids = async () => (await project.rows('select id, name, together from dev.m order by id')).join(' ');

test('the first time from begin to the end of the present batch, each batch by itself', async () => {
  await world();
  await project.write(files());
  const built = (await project.build({ now: NOW })).get('m');
  expect(built?.rowsAffected).toBe(5);
  expect(await ids()).toBe('2|one|2 3|one|2 4|one|1 5|one|2 6|one|2');
});

test('later the present batch and those of lookback; rows are replaced by key', async () => {
  await world();
  await project.write(files());
  await project.build({ now: NOW });
  await project.rows("update app.kinds set name = 'new'; select 1");
  await project.build({ now: NOW });
  expect(await ids()).toBe('2|one|2 3|one|2 4|new|1 5|new|2 6|new|2');
  await project.write(files(', lookback=2'));
  await project.rows("update app.kinds set name = 'newer'; select 1");
  await project.build({ now: '2024-03-04T00:00:00Z' });
  expect(await ids()).toBe('2|newer|2 3|newer|2 4|newer|1 5|newer|2 6|newer|2');
});

test('--event-time-start and --event-time-end name the window; a full refresh within it replaces the table', async () => {
  await world();
  await project.write(files());
  await project.build({ now: NOW });
  await project.rows("update app.kinds set name = 'new'; select 1");
  const window = { eventTimeStart: '2024-03-01', eventTimeEnd: '2024-03-02' };
  await project.build({ now: NOW, ...window });
  expect(await ids()).toBe('2|new|2 3|new|2 4|one|1 5|one|2 6|one|2');
  await project.build({ now: NOW, ...window, fullRefresh: true });
  expect(await ids()).toBe('2|new|2 3|new|2');
  await project.write(files(', full_refresh=true'));
  await project.build({ now: NOW });
  expect(await ids()).toBe('2|new|2 3|new|2 4|new|1 5|new|2 6|new|2');
});

test('a batch that fails leaves the others; when the first fails nothing else is begun', async () => {
  await world();
  await project.write(files('', 'e.id, e.at, 1 / (e.id - 4) as name, 0 as together'));
  const result = (await project.play({ now: NOW })).get('m');
  expect(result).toMatchObject({
    status: 'partial success',
    message: expect.stringContaining('PARTIAL SUCCESS (2/3)'),
  });
  expect(await project.rows('select id from dev.m order by id')).toEqual(['2', '3', '5', '6']);
  await project.rows('drop table dev.m; select 1');
  await project.write(files('', 'e.id, e.at, 1 / (e.id - 2) as name, 0 as together'));
  expect((await project.play({ now: NOW })).get('m')?.status).toBe('error');
  expect(await project.rows("select to_regclass('dev.m')::text")).toEqual(['∅']);
});

test('templates know their batch; hooks run before the first and after the last', async () => {
  await world();
  await project.rows('create table app.log (n serial, what text); select 1');
  await project.write(
    files(
      `, pre_hook="insert into app.log (what) values ('pre')", post_hook="insert into app.log (what) select 'post ' || count(*) from {{ this }}"`,
      "e.id, e.at, '{% if model.batch %}{{ model.batch.id }} {{ model.batch.event_time_start.strftime('%d') }} {{ is_incremental() }}{% endif %}' as name, 0 as together",
    ),
  );
  await project.build({ now: NOW });
  expect(await project.rows('select id, name from dev.m order by id')).toEqual([
    '2|20240301 01 False',
    '3|20240301 01 False',
    '4|20240302 02 True',
    '5|20240303 03 True',
    '6|20240303 03 True',
  ]);
  expect(await project.rows('select what from app.log order by n')).toEqual(['pre', 'post 5']);
});

test('with --empty no batch has rows; without a key it is refused', async () => {
  await world();
  await project.write(files());
  await project.build({ now: NOW, empty: true });
  expect(await ids()).toBe('');
  await project.write({ 'models/m.sql': files()['models/m.sql'].replace("unique_key='id', ", '') });
  expect((await project.play({ now: NOW })).get('m')?.message).toMatch(/requires a `unique_key`/);
});

test('begin may be a datetime of a template, as text of it', async () => {
  await world();
  const written = files()['models/m.sql'].replace(
    "begin='2024-03-01'",
    'begin=modules.datetime.datetime(2024, 3, 2)',
  );
  await project.write({ ...files(), 'models/m.sql': written });
  await project.build({ now: NOW });
  expect(await ids()).toBe('4|one|1 5|one|2 6|one|2');
});
