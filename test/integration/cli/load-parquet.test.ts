import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli, cliJson } from './spawn-cli.ts';

let database: { url: string; drop(): Promise<void> };
let engine: ParquetEngine;
let root: string;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  root = await mkdtemp(join(tmpdir(), 'penstock-load-test-'));
  engine = await openParquetEngine({ workDir: join(root, 'duckdb') });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'files-'));
});
afterAll(async () => {
  engine.close();
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

const write = (name: string, select: string): Promise<unknown> =>
  engine.use((session) => session.rows(`copy (${select}) to '${join(folder, name)}' (format parquet)`));
const query = (sql: string): Promise<Record<string, unknown>[]> =>
  withClient(database.url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
const load = (...args: string[]) => cli(['load-parquet', folder, '--url', database.url, ...args]);

const HOSTILE = `
  select * from (values
    (1, 'plain', 12345678901234567890123456789012.345678::decimal(38, 6), timestamptz '2026-03-31 10:00:00.123456+02',
     date '2026-02-28', true, 1.5::double, '\\xAA\\x00\\xFF'::blob, ['a', null, 'NULL', '{"x,\\}'], {'k': 'v', 'n': [1, 2]}),
    (2, '', -0.000001::decimal(38, 6), timestamptz 'infinity', date '0044-03-15 (BC)', false, 'nan'::double, ''::blob, [], null),
    (3, '\\.', null, null, null, null, '-inf'::double, null, null, {'k': null, 'n': []}),
    (4, E'a"b''c,\\n\\r\\nd\\té🏭', 0::decimal(38, 6), timestamptz '0001-01-01 00:00:00+00', date '9999-12-31', null, 1e308::double,
     null, [''], {'k': '', 'n': [null]})
  ) t (id, words, amount, "at", day, flag, ratio, bytes, tags, nested)`;

test('creates schema and table, and hostile values come back exactly', async () => {
  await write('hostile.parquet', HOSTILE);
  const { code, document } = await cliJson(['load-parquet', folder, '--schema', 'seed', '--create-schema'], {
    PENSTOCK_SOURCE_OLTP_URL: database.url,
  });
  expect({ code, document }).toEqual({
    code: 0,
    document: { files: [{ file: 'hostile.parquet', table: 'seed.hostile', rows: 4 }] },
  });
  const rows = await query(`
    select id, words, amount::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US BC') as at, day::text, flag,
      ratio::text, bytes, tags, nested from seed.hostile order by id`);
  expect(rows).toEqual([
    {
      id: 1,
      words: 'plain',
      amount: '12345678901234567890123456789012.345678',
      at: '2026-03-31 08:00:00.123456 AD',
      day: '2026-02-28',
      flag: true,
      ratio: '1.5',
      bytes: Buffer.from([0xaa, 0x00, 0xff]),
      tags: ['a', null, 'NULL', '{"x,\\}'],
      nested: { k: 'v', n: [1, 2] },
    },
    {
      id: 2,
      words: '',
      amount: '-0.000001',
      at: null,
      day: '0044-03-15 BC',
      flag: false,
      ratio: 'NaN',
      bytes: Buffer.alloc(0),
      tags: [],
      nested: null,
    },
    {
      id: 3,
      words: '\\.',
      amount: null,
      at: null,
      day: null,
      flag: null,
      ratio: '-Infinity',
      bytes: null,
      tags: null,
      nested: { k: null, n: [] },
    },
    {
      id: 4,
      words: 'a"b\'c,\n\r\nd\té🏭',
      amount: '0.000000',
      at: '0001-01-01 00:00:00.000000 AD',
      day: '9999-12-31',
      flag: null,
      ratio: '1e+308',
      bytes: null,
      tags: [''],
      nested: { k: '', n: [null] },
    },
  ]);
  expect(await query('select isfinite(at) as finite from seed.hostile where id = 2')).toEqual([
    { finite: false },
  ]);
});

test('appends by column name, whatever the order, and leaves other columns to their defaults', async () => {
  await query(
    `create schema shop; create table shop.items (id bigint, at timestamptz default '2026-01-01Z', name text)`,
  );
  await write('items.parquet', `select 'b' as name, 2 as id`);
  expect((await load('--schema', 'shop')).code).toBe(0);
  expect((await load('--schema', 'shop')).code).toBe(0);
  expect(await query(`select id, name, at = '2026-01-01Z' as "default" from shop.items`)).toEqual([
    { id: '2', name: 'b', default: true },
    { id: '2', name: 'b', default: true },
  ]);
});

test('one lone column of a lone \\. does not end the load', async () => {
  await write('lone.parquet', `select unnest(['a', '\\.', null, 'b']) as word`);
  expect((await load('--schema', 'lone', '--create-schema')).code).toBe(0);
  expect(await query('select count(*)::int as rows, count(word)::int as words from lone.lone')).toEqual([
    { rows: 4, words: 3 },
  ]);
});

test('a missing table, a missing column and a broken file are named; files before stay', async () => {
  await query('create schema partly; create table partly.a (x integer); create table partly.b (x integer)');
  await write('a.parquet', 'select 1 as x');
  await write('b.parquet', 'select 1 as x, 2 as extra, 3 as more');
  const column = await load('--schema', 'partly');
  expect(column.code).toBe(1);
  expect(column.stderr).toMatch(
    /^LOAD_PARQUET_NO_COLUMN: .*file=b\.parquet, table=partly\.b, columns=extra, more/,
  );
  expect(
    await query('select (select count(*) from partly.a)::int a, (select count(*) from partly.b)::int b'),
  ).toEqual([{ a: 1, b: 0 }]);

  await rm(join(folder, 'b.parquet'));
  await write('c.parquet', 'select 1 as x');
  expect((await load('--schema', 'partly')).stderr).toMatch(/^LOAD_PARQUET_NO_TABLE: .*file=c\.parquet/);
  await writeFile(join(folder, 'c.parquet'), 'PAR1 and no more');
  expect((await load('--schema', 'partly')).stderr).toMatch(/^LOAD_PARQUET_NOT_PARQUET: .*file=c\.parquet/);
});

test('a value that does not fit rolls the whole file back, names the column, and never the value', async () => {
  await query('create schema strict; create table strict.t (id integer, amount integer)');
  await write(
    't.parquet',
    `select n::integer as id, case when n = 99999 then 'secret' else n::varchar end as amount from range(100000) r (n)`,
  );
  const { code, stderr } = await load('--schema', 'strict');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^POSTGRES_DATA: .*file=t\.parquet, column=amount/);
  expect(stderr).not.toContain('secret');
  expect(await query('select count(*)::int as rows from strict.t')).toEqual([{ rows: 0 }]);
});

test('nanoseconds that PostgreSQL would round are refused', async () => {
  await write('ns.parquet', `select '2026-01-01 00:00:00.123456789'::timestamp_ns as at`);
  expect((await load('--schema', 'ns', '--create-schema')).stderr).toMatch(
    /^LOAD_PARQUET_NOT_EXACT: .*file=ns\.parquet, column=at/,
  );
});

test('an empty folder and a missing address are mistakes with names', async () => {
  expect((await load('--schema', 'x')).stderr).toMatch(/^LOAD_PARQUET_NO_FILES: /);
  expect((await cli(['load-parquet', folder, '--schema', 'x'])).stderr).toMatch(/^LOAD_PARQUET_NO_URL: /);
});
