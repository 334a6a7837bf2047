import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { startOwnPostgres } from './own-postgres.ts';
import { testDatabase } from './postgres.ts';
import { startOwnRedis } from './redis.ts';

const database = await testDatabase();
afterAll(() => database.drop());

async function oneRow(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

test('a test database is PostgreSQL 18, empty, in UTC', async () => {
  const row = await oneRow(
    database.url,
    `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('timezone') AS zone,
            (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public') AS tables`,
  );
  expect(row).toEqual({ major: 18, zone: 'UTC', tables: 0 });
});

test('dropping a test database with an open connection fails and names it', async () => {
  const own = await testDatabase();
  const client = new pg.Client({ connectionString: own.url, application_name: 'the-forgotten-one' });
  client.on('error', () => {});
  await client.connect();
  await expect(own.drop()).rejects.toThrow('the-forgotten-one');
  await client.end();
});

test('an own server keeps committed rows over kill -9 and restart', async () => {
  const server = await startOwnPostgres();
  try {
    await oneRow(server.url, 'CREATE TABLE t AS SELECT 1 AS i');
    await server.kill('SIGKILL');
    await expect(oneRow(server.url, 'SELECT 1')).rejects.toThrow();
    await server.restart();
    expect(await oneRow(server.url, 'SELECT i FROM t')).toEqual({ i: 1 });
  } finally {
    await server.stop();
  }
});

test('an own Redis restarts on the same port', async () => {
  const server = await startOwnRedis();
  const { port, pid } = server;
  await server.restart();
  expect(server.port).toBe(port);
  expect(server.pid).not.toBe(pid);
  await server.stop();
});
