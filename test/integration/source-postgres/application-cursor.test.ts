import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { date, decimal, int64 } from '#shared/pipeline/field.ts';
import { floorToDay, MICROS_PER_DAY } from '#shared/sources/postgres/cursor-literal.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import type { SourceStream } from '#shared/sources/postgres/window-query.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { connected, endTransactions, Follower } from './support.ts';

const stream: SourceStream = {
  table: { schema: 'public', name: 'payments' },
  contract: {
    version: 1,
    key: ['id'],
    fields: {
      id: int64(),
      issued: date({ nullable: true }),
      paid: date({ nullable: true }),
      amount: decimal(14, 2, { nullable: true }),
    },
  },
  cursor: {
    expression: 'greatest(issued, paid)',
    type: 'date',
    setBy: 'application',
    lookBackDays: 2,
    maxFutureDays: 3,
    fullCompareEveryDays: 7,
  },
  version: 'ordinal',
};

let database: TestDatabase;
let writer: pg.Client;
let other: pg.Client;
let source: PostgresSource;
let follower: Follower;

beforeAll(async () => {
  database = await testDatabase();
  writer = await connected(database.url);
  other = await connected(database.url);
  await writer.query(
    'CREATE TABLE payments (id bigint PRIMARY KEY, issued date, paid date, amount numeric(14,2))',
  );
  source = openPostgresSource({ url: database.url, name: 'test', marginMs: 0 });
});

afterAll(async () => {
  await source?.close();
  await writer?.end();
  await other?.end();
  await database?.drop();
});

beforeEach(async () => {
  await endTransactions(writer, other);
  await writer.query('TRUNCATE payments');
  follower = new Follower(source, stream);
});

/** `today` in days relative to the UTC day; null is NULL. */
const pay = (id: number, issued: number | null, paid: number | null, by = writer) =>
  by.query(
    `INSERT INTO payments VALUES ($1, (now() AT TIME ZONE 'UTC')::date + $2::int,
                                      (now() AT TIME ZONE 'UTC')::date + $3::int, 10.50)`,
    [id, issued, paid],
  );

const sorted = (ids: string[]): string[] => [...ids].sort((a, b) => Number(a) - Number(b));

describe('rows whose cursor is NULL', () => {
  test('are read in every run and counted', async () => {
    await pay(1, null, null);
    await pay(2, -20, null);
    expect(sorted((await follower.run()).ids)).toEqual(['1', '2']);
    const second = await follower.run();
    expect(second.ids).toEqual(['1']);
    expect(second.csv).toBe('1,,,10.50,\n');
    const read = await source.readWindow({ stream, window: { from: 0n, to: follower.watermark } });
    read.stream.resume();
    await new Promise((resolve) => read.stream.once('end', resolve));
    expect(await read.summary()).toEqual({
      rows: 2n,
      withoutCursor: 1n,
      beyondEnd: 0n,
      sums: { id: '3', amount: '21.00' },
    });
    await read.close();
  });

  test('and so are those whose date is infinite or beyond 64 bits of microseconds', async () => {
    await writer.query(`INSERT INTO payments (id, issued)
      VALUES (1, 'infinity'), (2, '-infinity'), (3, '300000-01-01'), (4, '4000-01-01 BC'), (5, '3000-01-01')`);
    expect(sorted((await follower.run()).ids)).toEqual(['1', '2', '3', '4']);
    const again = await follower.run();
    expect(sorted(again.ids)).toEqual(['1', '2', '3']);
    expect(again.csv.split('\n')[0]).toMatch(/,$/);
  });
});

test('a cancelled payment (date back to NULL) is read again while its new date is within the look-back', async () => {
  await pay(1, -1, 0);
  await pay(2, null, 0);
  await follower.run();
  await writer.query('UPDATE payments SET paid = NULL');
  const after = await follower.run();
  expect(sorted(after.ids)).toEqual(['1', '2']);
});

test('one cancelled back beyond the look-back is found by the full comparison', async () => {
  await pay(1, -40, 0);
  await follower.run();
  await writer.query('UPDATE payments SET paid = NULL');
  expect((await follower.run()).ids).toEqual([]);
  const before = follower.watermark;
  const compared = await follower.run(undefined, { kind: 'full-compare' });
  expect(compared.ids).toEqual(['1']);
  expect(follower.watermark).toBe(before);
});

test('a row of today written after the run has read today is read by the next', async () => {
  await pay(1, 0, 0);
  await follower.run();
  await pay(2, 0, 0);
  expect(sorted((await follower.run()).ids)).toEqual(['1', '2']);
});

test('a transaction that commits days of windows later is read, for it holds the watermark', async () => {
  await follower.run();
  await other.query('BEGIN');
  await pay(1, -2, -2, other);
  const held = await follower.run();
  const { rows } = await other.query<{ micros: string }>(
    'SELECT (extract(epoch FROM now()) * 1000000)::bigint AS micros',
  );
  expect(held.reading.bound).toBe(BigInt(rows[0]?.micros ?? 0));
  expect(follower.watermark).toBe(floorToDay(held.reading.bound));
  await other.query('COMMIT');
  expect((await follower.run()).ids).toEqual(['1']);
});

test('dates after today are read up to maxFutureDays, then once their day is near enough', async () => {
  await pay(1, 3, null);
  await pay(2, 4, null);
  expect((await follower.run()).ids).toEqual(['1']);
  expect((await follower.run()).ids).toEqual(['1']);
  const read = await source.readWindow({
    stream,
    window: { from: null, to: floorToDay(follower.watermark ?? 0n) + 4n * MICROS_PER_DAY },
  });
  read.stream.resume();
  await new Promise((resolve) => read.stream.once('end', resolve));
  expect(await read.summary()).toMatchObject({ rows: 1n, beyondEnd: 1n });
  await read.close();
  follower.asOf = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  expect(sorted((await follower.run()).ids)).toEqual(['1', '2']);
});

test('the cursor comes back in exact microseconds', async () => {
  await pay(1, 0, null);
  const { csv } = await follower.run();
  const day = BigInt(Date.parse(`${follower.asOf}T00:00:00Z`)) * 1000n;
  expect(csv).toBe(`1,${follower.asOf},,10.50,${day}\n`);
});
