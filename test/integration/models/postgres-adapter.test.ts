import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Adapter, AdapterConnection } from '#shared/models/adapter/adapter.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: pg.Pool;
let adapter: Adapter;

beforeAll(async () => {
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 3, application_name: 'adapter-test' });
  adapter = openPostgresAdapter({ pool });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Gives the connection back also when an expectation fails: the pool would wait for it. */
async function onConnection(work: (connection: AdapterConnection) => Promise<void>): Promise<void> {
  const connection = await adapter.connect('test');
  try {
    await work(connection);
  } finally {
    await connection.release();
  }
}

test('results lose nothing: integers, decimals, moments, NULL, and how many rows a statement touched', () =>
  onConnection(async (connection) => {
    const result = await connection.execute(
      `select 9007199254740993 as big, 1.50::numeric as exact, 0.5::float8 as near, true as yes, null::text as none,
       date '2024-02-29' as day, timestamptz '2024-02-29 10:00:00.123456+00' as at, 'x' as word`,
    );
    expect(result.columns.map(({ name }) => name)).toEqual([
      'big',
      'exact',
      'near',
      'yes',
      'none',
      'day',
      'at',
      'word',
    ]);
    expect(result.rows[0]?.slice(0, 6)).toEqual([
      9_007_199_254_740_993n,
      { kind: 'decimal', text: '1.50' },
      0.5,
      true,
      null,
      { kind: 'date', text: '2024-02-29' },
    ]);
    expect(result.rows[0]?.[7]).toBe('x');
    expect(result).toMatchObject({ code: 'SELECT', message: 'SELECT 1', rowsAffected: 1 });
    const made = await connection.execute('create table t as select generate_series(1, 12) as n');
    expect(made).toMatchObject({ message: 'SELECT 12', rowsAffected: 12 });
    expect(await connection.execute('create view v as select * from t')).toMatchObject({
      message: 'CREATE VIEW',
      rowsAffected: null,
    });
    expect(await connection.execute('insert into t values (1), (2)')).toMatchObject({
      message: 'INSERT 0 2',
    });
  }));

test('what stands in a schema, and the columns of a relation or a query', () =>
  onConnection(async (connection) => {
    await connection.createSchema('Odd "one"');
    await connection.execute(
      'create table "Odd ""one""".a (id bigint, name varchar(20), price numeric(10,2), at timestamptz, n numeric)',
    );
    await connection.execute('create materialized view "Odd ""one""".m as select 1 as x');
    expect(
      (await connection.relations('Odd "one"')).map(({ identifier, type }) => [identifier, type]),
    ).toEqual([
      ['a', 'table'],
      ['m', 'materialized_view'],
    ]);
    const parts = { database: null, schema: 'Odd "one"', identifier: 'a' };
    expect(await connection.columns(parts)).toEqual([
      { name: 'id', dataType: 'bigint', charSize: null, numericPrecision: 64, numericScale: 0 },
      {
        name: 'name',
        dataType: 'character varying',
        charSize: 20,
        numericPrecision: null,
        numericScale: null,
      },
      { name: 'price', dataType: 'numeric', charSize: null, numericPrecision: 10, numericScale: 2 },
      {
        name: 'at',
        dataType: 'timestamp with time zone',
        charSize: null,
        numericPrecision: null,
        numericScale: null,
      },
      { name: 'n', dataType: 'numeric', charSize: null, numericPrecision: null, numericScale: null },
    ]);
    expect(await connection.relation({ ...parts, identifier: 'gone' })).toBeUndefined();
    const described = await connection.describe(`select 1 as one, 'x'::varchar(3) as three`);
    expect(described.map(({ name, dataType, charSize }) => [name, dataType, charSize])).toEqual([
      ['one', 'INTEGER', null],
      ['three', 'STRING', null],
    ]);
    await connection.dropSchema('Odd "one"');
    expect(await connection.schemas()).not.toContain('Odd "one"');
  }));

test('a transaction that is not committed is taken back when the connection is released', async () => {
  const connection = await adapter.connect('c');
  await connection.begin();
  await connection.execute('create table half (n int)');
  await connection.release();
  const after = await adapter.connect('d');
  expect(await after.relation({ database: null, schema: 'public', identifier: 'half' })).toBeUndefined();
  await expect(after.execute('select *\nfrom half')).rejects.toMatchObject({
    code: 'POSTGRES_STATEMENT',
    facts: { sqlstate: '42P01', line: 2 },
  });
  await after.release();
});

test('an abort cancels the statement at the server', async () => {
  const abort = new AbortController();
  const connection = await adapter.connect('e', abort.signal);
  const watcher = await adapter.connect('f');
  const running = async () =>
    (
      await watcher.execute(
        `select 1 from pg_stat_activity where datname = current_database() and query like 'select pg_sleep(60)%' and state = 'active'`,
      )
    ).rows.length;
  const sleeping = connection.execute('select pg_sleep(60)');
  sleeping.catch(() => {});
  await waitFor(async () => (await running()) === 1, { what: 'the statement to run' });
  abort.abort(new Error('stopped by a person'));
  await expect(sleeping).rejects.toThrow('stopped by a person');
  await connection.release();
  await waitFor(async () => (await running()) === 0, { what: 'the statement to end' });
  await watcher.release();
});

test('a transaction that SQL of a template began is committed or rolled back like one of ours', async () => {
  await onConnection(async (connection) => {
    await connection.execute('begin');
    expect(connection.inTransaction).toBe(true);
    await connection.execute('create table begun as select 1 as n');
    await connection.commit();
    expect(connection.inTransaction).toBe(false);
    await connection.execute('begin; insert into begun values (2)');
  });
  await onConnection(async (connection) => {
    await expect(
      connection.execute('begin; insert into begun values (3); select nothing_such'),
    ).rejects.toThrow();
  });
  // What was left open is gone, and the next one finds a connection that works.
  await onConnection(async (connection) => {
    expect((await connection.execute('select n from begun')).rows).toEqual([[1n]]);
    expect(connection.inTransaction).toBe(false);
  });
});

test('connections that make one schema at once all find it made, in a transaction and without', async () => {
  for (let round = 0; round < 40; round += 1) {
    const schema = `made_at_once_${round}`;
    await Promise.all(
      [1, 2, 3].map((each) =>
        onConnection(async (connection) => {
          if (each === 3) await connection.begin();
          await connection.createSchema(schema);
          await connection.commit();
          expect(connection.inTransaction).toBe(false);
          expect(await connection.schemas()).toContain(schema);
        }),
      ),
    );
  }
});
