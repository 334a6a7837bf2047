import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { listProcesses, signalIfAlive } from '#dev/servers/process-tree.ts';
import { startOwnPostgres } from './own-postgres.ts';
import { testDatabase } from './postgres.ts';
import { describeWithRedis, startOwnRedis } from './redis.ts';
import { waitFor } from './wait-for.ts';

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

test('an own server is frozen and thawed with all its backends', async () => {
  const server = await startOwnPostgres();
  try {
    const client = new pg.Client(server.url);
    await client.connect();
    await server.kill('SIGSTOP');
    let answered = false;
    const answer = client.query('SELECT 1').then(() => {
      answered = true;
    });
    const early = waitFor(() => answered, { what: 'an answer', timeoutMs: 300 });
    await expect(early).rejects.toThrow('in vain');
    await server.kill('SIGCONT');
    await answer;
    await client.end();
  } finally {
    await server.stop();
  }
});

test.each([
  ['a temporary cluster', ''],
  ['a cluster whose guard died too, at the next start', 'next'],
])('after kill -9 of its owner nothing is left of %s', async (_what, sweep) => {
  const script = `
    const { startPostgres } = await import('#dev/servers/postgres.ts');
    const { pid, dataDir } = await startPostgres();
    console.log(JSON.stringify({ pid, dataDir }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: dirname(dirname(import.meta.dirname)),
  });
  let out = '';
  owner.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await waitFor(() => out.endsWith('\n'), { what: 'the server to start' });
  const { pid, dataDir } = JSON.parse(out) as { pid: number; dataDir: string };
  if (sweep !== '') {
    // The only shell whose arguments name the data folder.
    const guard = listProcesses().find(
      (one) => one.command.startsWith('/bin/sh') && one.command.includes(dataDir),
    );
    signalIfAlive(guard?.pid ?? -1, 'SIGKILL');
  }
  owner.kill('SIGKILL');
  if (sweep !== '') {
    await waitFor(() => owner.signalCode !== null, { what: 'the owner to end' });
    expect(listProcesses().some((one) => one.pid === pid)).toBe(true);
    await (await startOwnPostgres()).stop();
  }
  const isGone = () => !listProcesses().some((one) => one.pid === pid) && !existsSync(dataDir);
  await waitFor(isGone, { what: 'server and data to go' });
});

describeWithRedis('an own Redis', () => {
  test('restarts on the same port', async () => {
    const server = await startOwnRedis();
    const { port, pid } = server;
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await server.stop();
  });
});
