import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KnownRelation, openRelation, relationOfNames } from '#shared/models/columns/known-relation.ts';
import { readQuery } from '#shared/models/columns/read-query.ts';
import { openSqlParser, type ParseSql } from '#shared/models/columns/sql-tree.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

/**
 * What is read out of SQL without a server, beside what PostgreSQL itself says of the same SQL on tables of the same columns: the columns a
 * query yields, and whether it reads one that is not there.
 */
let database: TestDatabase;
let client: pg.Client;
let parse: ParseSql;

beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`create schema s;
    create table s.device (id bigint, name text, seen timestamptz, state jsonb, tags text[]);
    create table s.room (id bigint, device_id bigint, "Floor" int);
    create type s.place as (x int, y int);
    create table s.spot (id bigint, at s.place)`);
  parse = await openSqlParser();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const KNOWN: Readonly<Record<string, KnownRelation>> = {
  device: relationOfNames('device', ['id', 'name', 'seen', 'state', 'tags']),
  room: relationOfNames('room', ['id', 'device_id', 'Floor']),
  spot: relationOfNames('spot', ['id', 'at']),
};

function read(sql: string) {
  const parsed = parse(sql);
  if ('error' in parsed) throw new Error(parsed.error);
  return readQuery(parsed.statements, 'query', (schema, name) => (schema === 's' ? KNOWN[name] : undefined));
}

/** The server's columns, or the code of what it refuses. */
async function asked(sql: string): Promise<{ columns: string[] } | { code: string }> {
  try {
    const { fields } = await client.query(`select * from (${sql}) as asked limit 0`);
    return { columns: fields.map(({ name }) => name) };
  } catch (error) {
    return { code: (error as { code: string }).code };
  }
}

const KEPT = [
  'select id, name from s.device',
  'select * from s.device',
  'select d.* from s.device as d, s.room as r',
  'select r.*, d.name from s.device as d join s.room as r on r.device_id = d.id',
  'select "Floor" from s.room',
  'select ctid, tableoid, d.xmin from s.device d',
  'select s.device.id from s.device',
  'select device.id from s.device',
  'select d.id as device, count(*) as n from s.device d group by d.id having max(d.seen) is not null order by n, d.id',
  'select id + 1, -id, id::text, cast(seen as date), name || id, not (id > 1), null, 1, 1 as one from s.device',
  "select coalesce(name, 'x'), nullif(name, ''), greatest(id, 1), least(id, 1), lower(name), array[id], row(id) from s.device",
  "select case when id = 1 then name end, case when id = 1 then 'x' else name end from s.device",
  "select extract(year from seen), seen at time zone 'UTC', current_date, trim(name), substring(name from 1 for 2) from s.device",
  'select (select name from s.device limit 1), exists (select 1), array(select id from s.room) from s.room',
  'select id in (select device_id from s.room), id = any(array[1]) from s.device',
  'select name collate "C", tags[1], tags[1:2], grouping(name) from s.device group by name, tags',
  "select interval '1 day', date '2024-01-01', true, 1.5, 'x', E'y', b'1'",
  "select state -> 'a' ->> 'b', state #>> '{a,b}', state['a'], jsonb_array_length(state) from s.device",
  'select (at).x, (at).y from s.spot',
  'select (spot.at).x from s.spot',
  'select d from s.device as d',
  'select to_jsonb(d) as row, count(d) over () as n from s.device as d',
  'with d as (select id, name as called from s.device) select called from d',
  'with d(a, b) as (select id, name from s.device), e as (select a from d) select d.b, e.a from d cross join e',
  'with recursive up(n, depth) as (select id, 1 from s.device union all select u.n, depth + 1 from up as u) select n, depth from up',
  'with recursive up as (select id as n from s.device union select n + 1 from up where n < 3) select * from up',
  'select id from s.device union all select device_id from s.room order by id limit 3',
  'select id as n from s.device union select device_id from s.room intersect (select 1 order by 1)',
  'values (1, 2), (3, 4)',
  'select v.column1, column2 from (values (1, 2)) as v',
  "select a, b from (values (1, 'x')) as v(a, b)",
  'select v.a, v.column2 from (values (1, 2)) as v(a)',
  'select n.last from s.device as d cross join lateral (select max(r.id) as last from s.room r where r.device_id = d.id) as n',
  'select d.id from s.device d where exists (select 1 from s.room r where r.device_id = d.id and d.name is not null)',
  'select d.id from s.device d where (select count(*) from (select 1 from s.room where device_id = d.id offset 0) as q) > 0',
  'select id, device_id from s.device join s.room using (id)',
  'select u.id, j.device_id from (s.device join s.room using (id) as u) as j(id, name, seen, state, tags, device_id) cross join (select 1 as id) as u',
  'select * from s.device join s.room using (id)',
  'select * from s.room as r natural join (select 1 as id, 2 as device_id) as q',
  'select t.a, t.x, t.id from (select * from (select 1 as x, 2 as device_id) as q join s.room using (device_id)) as t(a)',
  'select r.*, d.* from s.room as r join s.device as d using (id)',
  'select x.id from s.device join s.room using (id) as x',
  'select j.name, j.device_id from (s.device as d join s.room as r on d.id = r.device_id) as j',
  'select device_id from s.device natural join s.room',
  'select row_number() over w as place, lag(name) over (partition by id order by seen) from s.device window w as (order by seen, id)',
  'select count(*) filter (where name is null), array_agg(id order by seen), percentile_cont(0.5) within group (order by id) from s.device',
  'select distinct on (name) id, name as called from s.device order by name, called',
  'select distinct id from s.device order by id',
  'select name as called, count(*) from s.device group by rollup (called)',
  'select name, id from s.device group by grouping sets ((name, id), (name), ())',
  'select g from generate_series(1, 3) as g',
  'select generate_series from generate_series(1, 3)',
  'select g.n from generate_series(1, 3) as g(n)',
  'select u.tag, u.place from s.device d, unnest(d.tags) with ordinality as u(tag, place)',
  'select e.value, e.ordinality from s.device d, jsonb_array_elements(d.state) with ordinality as e',
  'select e.key, m.value from s.device d cross join lateral jsonb_each(d.state) as e cross join lateral jsonb_each_text(e.value) as m',
  'select r.a, b from s.device, jsonb_to_record(state) as r(a text, b int)',
  "select t.a from s.device, json_table(state, '$' columns (a text path '$.a')) as t",
  'select id from s.device tablesample system (10)',
  'select id from only s.device for update',
  'select sum(x.n) from (select count(*) as n from s.device group by name) as x',
  'select max(id) as id from s.device group by id order by max(seen)',
];

const REFUSED = [
  ['select owner from s.device', 'owner'],
  ['select d.owner from s.device as d', 'owner'],
  ['select s.device.owner from s.device', 'owner'],
  ['select id from s.device where owner = 1', 'owner'],
  ['select id from s.device order by owner', 'owner'],
  ['select id from s.device group by id, owner', 'owner'],
  ['select name as called from s.device where called is null', 'called'],
  ['select name as called from s.device order by lower(called)', 'called'],
  ['select count(*) from s.device having max(owner) > 1', 'owner'],
  ['select lower(owner), 1 from s.device', 'owner'],
  ['select count(*) filter (where owner = 1) from s.device', 'owner'],
  ['select array_agg(id order by owner) from s.device', 'owner'],
  ['select row_number() over (order by owner) from s.device', 'owner'],
  ['select row_number() over w from s.device window w as (order by owner)', 'owner'],
  ['select distinct on (owner) id from s.device', 'owner'],
  ['select id from s.device limit (select owner from s.room limit 1)', 'owner'],
  ['select floor from s.room', 'floor'],
  ['select case when owner = 1 then 2 end from s.device', 'owner'],
  ['select (select owner from s.room) from s.device', 'owner'],
  ['select id from s.device where id in (select owner from s.room)', 'owner'],
  ['select r.name from s.device d join s.room r on r.device_id = d.id', 'name'],
  ['select d.id from s.device d join s.room r on r.owner = d.id', 'owner'],
  ['select id from s.device join s.room using (owner)', 'owner'],
  ['select id from s.device join s.room using (name)', 'name'],
  ['with d as (select id from s.device) select name from d', 'name'],
  ['with d(a) as (select id from s.device) select id from d', 'id'],
  ['with d as (select owner from s.device) select 1 from d', 'owner'],
  [
    'with recursive up(n) as (select id from s.device union all select owner from s.room) select n from up',
    'owner',
  ],
  [
    'with recursive up(n) as (select id from s.device union all select 1 from up) select owner from up',
    'owner',
  ],
  ['select name from (select id from s.device) as d', 'name'],
  ['select d.name from (select id, lower(name) from s.device) as d', 'name'],
  ['select v.column3 from (values (1, 2)) as v', 'column3'],
  ['select id from s.device union all select owner from s.room', 'owner'],
  ['select n.id from s.device d cross join lateral (select d.owner as id) as n', 'owner'],
  [
    'select q.n from s.room as r cross join lateral (select max(d.id) as n from s.device d where d.owner = r.id) as q',
    'owner',
  ],
  ['select g.m from generate_series(1, 3) as g(n)', 'm'],
  ['select e.owner from s.device d cross join lateral jsonb_each(d.state) as e', 'owner'],
  ['select r.c from s.device, jsonb_to_record(state) as r(a text, b int)', 'c'],
  ["select t.a from s.device, json_table(owner, '$' columns (a text path '$.a')) as t", 'owner'],
  ["select json_value(owner, '$.a') from s.device", 'owner'],
  ['select (owner).x from s.spot', 'owner'],
  ['select tags[owner] from s.device', 'owner'],
  ['select coalesce(owner, 1) from s.device', 'owner'],
  ['select nothing'],
].map(([sql = '', name = 'nothing']) => [sql, name] as const);

describe('queries that the server takes', () => {
  test.each(KEPT)('%s', async (sql) => {
    const { relation, unknown } = read(sql);
    expect(unknown).toEqual([]);
    const said = await asked(sql);
    expect(said).toHaveProperty('columns');
    const { columns } = said as { columns: string[] };
    // Where something is open, what is known still has to be there.
    if (relation.isOpen)
      expect(columns).toEqual(expect.arrayContaining(relation.columns.map(({ name }) => name)));
    else expect(relation.columns.map(({ name }) => name)).toEqual(columns);
  });

  test('nearly all are known whole', () => {
    const open = KEPT.filter((sql) => read(sql).relation.isOpen);
    expect(open).toEqual([]);
  });
});

describe('columns that are not there, for the server as here', () => {
  test.each(REFUSED)('%s', async (sql, name) => {
    expect(read(sql).unknown.map((one) => one.name)).toEqual([name]);
    expect(await asked(sql)).toEqual({ code: '42703' });
  });
});

test('what is not known at all may have any column, and names stand for it alone', () => {
  expect(read('select anything, d.id from other.thing, s.device d').unknown).toEqual([]);
  expect(read('select owner from s.device, some_function()').unknown).toEqual([]);
  expect(read('select d.owner from other.thing, s.device d').unknown).toHaveLength(1);
  expect(read('with d as (delete from s.device returning *) select anything from d').unknown).toEqual([]);
  expect(read('delete from s.device')).toEqual({ relation: openRelation('query'), unknown: [] });
  expect(read('select 1; select owner from s.device')).toEqual({
    relation: openRelation('query'),
    unknown: [],
  });
  expect(read('select geometry(point) from s.device').unknown.map(({ name }) => name)).toEqual(['point']);
  expect(read('select null::geometry(point, 4326) from s.device').unknown).toEqual([]);
});

test('what is nested too deep may have any column, and the stack holds what is not', () => {
  const sum = (terms: number): string =>
    `select ${Array(terms).fill('id').join(' + ')} as n, owner from s.device`;
  expect(read(sum(1_100)).unknown.map(({ name }) => name)).toEqual(['owner']);
  expect(read(sum(1_300))).toEqual({ relation: openRelation('query'), unknown: [] });
  const nested = (levels: number): string =>
    `select owner from ${'(select * from '.repeat(levels)}s.device${') as q'.repeat(levels)}`;
  expect(read(nested(150)).unknown.map(({ name }) => name)).toEqual(['owner']);
  expect(read(nested(250))).toEqual({ relation: openRelation('query'), unknown: [] });
});
