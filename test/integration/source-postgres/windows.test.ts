import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { connected, endTransactions, Follower, ROWS_DDL } from './support.ts';

let database: TestDatabase;
let writer: pg.Client;
let other: pg.Client;
let source: PostgresSource;

beforeAll(async () => {
  database = await testDatabase();
  writer = await connected(database.url);
  other = await connected(database.url);
  await writer.query(ROWS_DDL);
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
  await writer.query('TRUNCATE public.rows');
});

const insert = (client: pg.Client, id: number) =>
  client.query('INSERT INTO public.rows (id) VALUES ($1)', [id]);

describe('a window never skips a row committed late', () => {
  test('a transaction open across a run and committed after it is read by the next', async () => {
    const follower = new Follower(source);
    await insert(writer, 1);
    await other.query('BEGIN');
    await insert(other, 2);
    await insert(writer, 3);
    const first = await follower.run();
    expect(first.ids).toEqual(['1']);
    expect(first.reading.heldBackBy).toMatchObject({ kind: 'backend', state: 'idle in transaction' });
    await other.query('COMMIT');
    await follower.run();
    expect([...follower.seen].sort()).toEqual(['1', '2', '3']);
  });

  test('a transaction that commits exactly between bound and snapshot is read once, by the next run', async () => {
    const follower = new Follower(source);
    await insert(writer, 1);
    await follower.run();
    await other.query('BEGIN');
    await insert(other, 2);
    const between = await follower.run(async () => void (await other.query('COMMIT')));
    expect(between.ids).toEqual([]);
    expect((await follower.run()).ids).toEqual(['2']);
  });

  test('a transaction whose start equals the bound is not lost', async () => {
    const follower = new Follower(source);
    await other.query('BEGIN');
    await insert(other, 1);
    const { rows } = await other.query<{ micros: string }>(
      'SELECT (extract(epoch FROM now()) * 1000000)::bigint AS micros',
    );
    const held = await follower.run();
    expect(held.reading.bound).toBe(BigInt(rows[0]?.micros ?? 0));
    await other.query('COMMIT');
    expect((await follower.run()).ids).toEqual(['1']);
  });
});
