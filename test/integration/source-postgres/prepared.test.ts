import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sourceErrors } from '#shared/sources/postgres/errors.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { connected, endTransactions, Follower, ROWS_DDL } from './support.ts';

let server: OwnPostgres;
let writer: pg.Client;
let other: pg.Client;
let source: PostgresSource;

beforeAll(async () => {
  server = await startOwnPostgres({ settings: { max_prepared_transactions: '5' } });
  writer = await connected(server.url);
  other = await connected(server.url);
  await writer.query(ROWS_DDL);
  source = openPostgresSource({ url: server.url, name: 'test', marginMs: 0 });
});

afterAll(async () => {
  await source?.close();
  await writer?.end();
  await other?.end();
  await server?.stop();
});

beforeEach(async () => {
  await endTransactions(writer, other);
  await writer.query('TRUNCATE public.rows');
});

const insert = (client: pg.Client, id: number) =>
  client.query('INSERT INTO public.rows (id) VALUES ($1)', [id]);

async function prepare(gid: string, id: number): Promise<void> {
  await other.query('BEGIN');
  await insert(other, id);
  await other.query(`PREPARE TRANSACTION '${gid}'`);
}

describe('prepared transactions', () => {
  test('a first run waits and names the gid', async () => {
    await prepare('first-run', 1);
    const follower = new Follower(source);
    const refusal = expect.objectContaining({
      code: sourceErrors.preparedOnFirstRun.code,
      retry: 'retryable',
      facts: { gid: 'first-run' },
    });
    await expect(follower.run()).rejects.toEqual(refusal);
    await writer.query("COMMIT PREPARED 'first-run'");
    expect((await follower.run()).ids).toEqual(['1']);
  });

  test('one that began and was prepared between two runs holds the bound until it is committed', async () => {
    const follower = new Follower(source);
    await insert(writer, 1);
    const { reading: before } = await follower.run();
    await prepare('between-runs', 2);
    await insert(writer, 3);
    const held = await follower.run();
    expect(held.reading.bound).toBe(before.bound);
    expect(held.reading.heldBackBy).toMatchObject({ kind: 'prepared', gid: 'between-runs' });
    expect((await follower.run()).reading.bound).toBe(before.bound);
    await writer.query("COMMIT PREPARED 'between-runs'");
    const after = await follower.run();
    expect(after.ids.sort()).toEqual(['2', '3']);
    expect(after.reading.state.prepared).toEqual({});
  });

  test('one seen open in one run and prepared in the next is not passed', async () => {
    const follower = new Follower(source);
    await follower.run();
    await other.query('BEGIN');
    await insert(other, 1);
    const open = await follower.run();
    await other.query("PREPARE TRANSACTION 'was-open'");
    expect((await follower.run()).reading.bound).toBe(open.reading.bound);
    await writer.query("COMMIT PREPARED 'was-open'");
    expect((await follower.run()).ids).toEqual(['1']);
  });

  test('one that prepares between the two statements is in the second', async () => {
    const follower = new Follower(source);
    const { reading: before } = await follower.run();
    await other.query('BEGIN');
    await insert(other, 1);
    const run = await follower.run(undefined, undefined, async () => {
      await other.query("PREPARE TRANSACTION 'between-statements'");
    });
    expect(run.reading.bound).toBe(before.bound);
    await writer.query("COMMIT PREPARED 'between-statements'");
    expect((await follower.run()).ids).toEqual(['1']);
  });

  test('one that begins and prepares wholly between the two statements is not passed', async () => {
    const follower = new Follower(source);
    await follower.run();
    await follower.run(undefined, undefined, () => prepare('wholly-between', 1));
    await follower.run();
    await writer.query("COMMIT PREPARED 'wholly-between'");
    expect((await follower.run()).ids).toEqual(['1']);
  });

  test('one committed between the bound and the snapshot is read by the next run', async () => {
    const follower = new Follower(source);
    await follower.run();
    await prepare('at-the-gate', 1);
    const held = await follower.run(async () => void (await writer.query("COMMIT PREPARED 'at-the-gate'")));
    expect(held.ids).toEqual([]);
    expect((await follower.run()).ids).toEqual(['1']);
  });

  test('one that survives a crash of the source still holds the bound', async () => {
    const follower = new Follower(source);
    const { reading: before } = await follower.run();
    await prepare('crash', 1);
    await server.kill('SIGKILL');
    await server.restart();
    writer = await connected(server.url);
    other = await connected(server.url);
    expect((await follower.run()).reading.bound).toBe(before.bound);
    await writer.query("COMMIT PREPARED 'crash'");
    expect((await follower.run()).ids).toEqual(['1']);
  });

  test('those of other databases are ignored', async () => {
    await writer.query('CREATE DATABASE elsewhere');
    const url = new URL(server.url);
    url.pathname = '/elsewhere';
    const elsewhere = await connected(url.href);
    await elsewhere.query('BEGIN; CREATE TABLE t (id int)');
    await elsewhere.query("PREPARE TRANSACTION 'elsewhere'");
    const { reading } = await new Follower(source).run();
    expect(reading.heldBackBy).toBeNull();
    await elsewhere.query("ROLLBACK PREPARED 'elsewhere'");
    await elsewhere.end();
  });
});
