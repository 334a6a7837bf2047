import { spawn, spawnSync } from 'node:child_process';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { connected, Follower, ROWS_DDL } from './support.ts';

/*
 * A backend stamps its transaction's start (SetCurrentStatementStartTimestamp) and publishes it a moment later
 * (pgstat_report_activity). A debugger stops it exactly between the two, as SIGSTOP or a starved CPU may.
 */

let server: OwnPostgres;
let victim: pg.Client;
let admin: pg.Client;

beforeAll(async () => {
  server = await startOwnPostgres();
  victim = await connected(server.url);
  admin = await connected(server.url);
  await admin.query(ROWS_DDL);
});

afterAll(async () => {
  await victim?.end();
  await admin?.end();
  await server?.stop();
});

beforeEach(() => admin.query('TRUNCATE public.rows'));

const sourceWith = (marginMs: number): PostgresSource =>
  openPostgresSource({ url: server.url, name: 'test', marginMs });

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

interface Debugger {
  said(text: string): Promise<void>;
  /** Lets the backend run on and ends the debugger. */
  release(): Promise<void>;
}

/** Stops `pid` at its next call of `symbol`. */
async function stopAt(pid: number, symbol: string): Promise<Debugger> {
  const gdb = spawn('gdb', ['-nx', '-q', '-p', String(pid)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<void>((resolve) => gdb.once('close', () => resolve()));
  for (const stream of [gdb.stdout, gdb.stderr])
    stream.on('data', (data: Buffer) => (output += String(data)));
  const said = async (text: string): Promise<void> => {
    await waitFor(() => output.includes(text), {
      what: `gdb to say ${text}; it said ${output}`,
      timeoutMs: 30_000,
    });
  };
  gdb.stdin.write('set pagination off\nset confirm off\nhandle SIGUSR1 nostop noprint pass\n');
  gdb.stdin.write(`break ${symbol}\ncontinue\n`);
  await said('Continuing.');
  const release = async (): Promise<void> => {
    gdb.stdin.end('delete\ndetach\nquit\n');
    await ended;
  };
  return { said, release };
}

/** Why a debugger can't be used here; undefined when it can. */
function noDebugger(): string | undefined {
  if (spawnSync('gdb', ['--version']).status !== 0) return 'gdb is not installed';
  const probe = spawn('sleep', ['30']);
  const attached = spawnSync('gdb', ['-nx', '-q', '-batch', '-p', String(probe.pid), '-ex', 'detach']);
  probe.kill();
  return String(attached.stderr).includes('not permitted') ? 'ptrace is not permitted' : undefined;
}

const missing = noDebugger();
const name = 'a backend stopped between stamping its start and publishing it';

describe.skipIf(missing !== undefined)(`${name} [needs gdb]`, () => {
  /** Runs once while the insert is stopped, once after it has committed; says what was read in all. */
  async function readAround(marginMs: number): Promise<string[]> {
    const source = sourceWith(marginMs);
    const follower = new Follower(source);
    await follower.run();
    const debug = await stopAt(await pidOf(victim), 'pgstat_report_activity');
    const inserting = victim.query('INSERT INTO public.rows (id) VALUES (1)');
    await debug.said('Breakpoint 1,');
    const blind = await follower.run();
    expect(blind.reading.heldBackBy).toBeNull();
    await debug.release();
    await inserting;
    await follower.run();
    // By now the margin has passed over the row, were it only waiting its turn.
    await waitFor(
      async () => (await source.readBound({ previous: undefined })).bound > blind.reading.observedMicros,
      {
        what: 'the bound to pass the row',
      },
    );
    await follower.run();
    await source.close();
    return [...follower.seen];
  }

  test('its row is read, thanks to the margin', async () => {
    expect(await readAround(3_000)).toEqual(['1']);
  });

  test('without a margin its row would be lost, so it is the margin that protects it', async () => {
    expect(await readAround(0)).toEqual([]);
  });

  test('once it shows itself below a bound given out, the reading says so', async () => {
    const source = sourceWith(0);
    const follower = new Follower(source);
    const debug = await stopAt(await pidOf(victim), 'pgstat_report_activity');
    const inserting = victim.query('INSERT INTO public.rows (id) SELECT 1 FROM pg_sleep(3)');
    await debug.said('Breakpoint 1,');
    const blind = await follower.run();
    expect(blind.reading.beganBelowBound).toBeNull();
    await debug.release();
    const late = await waitFor(async () => (await follower.run()).reading.beganBelowBound ?? undefined, {
      what: 'the late transaction to be seen',
    });
    expect(late.startedMicros).toBeLessThan(blind.reading.bound);
    await inserting;
    await source.close();
  });
});

test('every bound lies a margin below the scan, so nothing younger than the margin is ever passed', async () => {
  const source = sourceWith(5_000);
  const reading = await source.readBound({ previous: undefined });
  expect(reading.bound).toBe(reading.observedMicros - 5_000_000n);
  await admin.query('BEGIN');
  const { rows } = await admin.query<{ micros: string }>(
    'SELECT (extract(epoch FROM now()) * 1000000)::bigint AS micros',
  );
  const held = await source.readBound({ previous: undefined });
  expect(held.bound).toBe(BigInt(rows[0]?.micros ?? 0) - 5_000_000n);
  await admin.query('ROLLBACK');
  await source.close();
});
