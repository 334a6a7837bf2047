import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourceErrors } from '#shared/sources/postgres/errors.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { APPLICATION_PREFIX, openSessions } from '#shared/sources/postgres/pg-sessions.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { connected, ROWS_DDL } from './support.ts';

let server: OwnPostgres;
let admin: pg.Client;
let source: PostgresSource;

const settings = {
  wal_level: 'logical',
  autovacuum_naptime: '1',
  autovacuum_vacuum_cost_delay: '100ms',
  autovacuum_vacuum_cost_limit: '1',
};

beforeAll(async () => {
  server = await startOwnPostgres({ settings });
  admin = await connected(server.url);
  await admin.query(ROWS_DDL);
  source = openPostgresSource({ url: server.url, name: 'test', marginMs: 0 });
});

afterAll(async () => {
  await source?.close();
  await admin?.end();
  await server?.stop();
});

const bound = (from: PostgresSource = source) => from.readBound({ previous: undefined });

function databaseUrl(changes: { database?: string; user?: string; replication?: boolean }): string {
  const url = new URL(server.url);
  if (changes.database !== undefined) url.pathname = `/${changes.database}`;
  if (changes.user !== undefined) {
    url.username = changes.user;
    url.password = 'secret';
  }
  return url.href;
}

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

describe('whose transaction counts', () => {
  test('one idle in transaction holds the bound at its start', async () => {
    const writer = await connected(server.url);
    await writer.query('BEGIN');
    const { rows } = await writer.query<{ micros: string }>(
      'SELECT (extract(epoch FROM now()) * 1000000)::bigint AS micros',
    );
    const reading = await bound();
    expect(reading.bound).toBe(BigInt(rows[0]?.micros ?? 0));
    expect(reading.heldBackBy).toMatchObject({ pid: await pidOf(writer), state: 'idle in transaction' });
    await writer.end();
  });

  test('one of another role and one that only borrows our name count', async () => {
    await admin.query("CREATE ROLE writer LOGIN PASSWORD 'secret'");
    const named = await connected(databaseUrl({ user: 'writer' }), `${APPLICATION_PREFIX}test`);
    await named.query('BEGIN');
    expect((await bound()).heldBackBy).toMatchObject({ pid: await pidOf(named) });
    await named.end();
  });

  test('our own open snapshot does not hold the bound, unless it has written', async () => {
    const own = await connected(server.url, `${APPLICATION_PREFIX}other`);
    await own.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1');
    expect((await bound()).heldBackBy).toBeNull();
    await own.query('ROLLBACK; BEGIN; INSERT INTO public.rows (id) VALUES (1)');
    expect((await bound()).heldBackBy).toMatchObject({ pid: await pidOf(own) });
    await own.query('ROLLBACK');
    await own.end();
  });

  test('our own sessions cannot write', async () => {
    const pool = openSessions({ url: server.url, name: 'test' });
    await expect(pool.query('INSERT INTO public.rows (id) VALUES (2)')).rejects.toMatchObject({
      code: '25006',
    });
    await pool.end();
  });

  test('another database is ignored', async () => {
    await admin.query('CREATE DATABASE elsewhere');
    const elsewhere = await connected(databaseUrl({ database: 'elsewhere' }));
    await elsewhere.query('BEGIN; CREATE TABLE t (id int)');
    expect((await bound()).heldBackBy).toBeNull();
    await elsewhere.end();
  });

  test('the workers of a parallel query count like their leader', async () => {
    await admin.query('CREATE TABLE big AS SELECT g FROM generate_series(1, 400000) g; ANALYZE big');
    const leader = await connected(server.url);
    await leader.query(`SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
      SET debug_parallel_query = on; SET max_parallel_workers_per_gather = 2`);
    const sleeping = leader.query('SELECT count(pg_sleep(0.001)) FROM big').catch(() => {});
    const workers = async () => {
      const { rows } = await admin.query<{ started: string }>(
        `SELECT (extract(epoch FROM xact_start) * 1000000)::bigint AS started
           FROM pg_stat_activity WHERE backend_type = 'parallel worker' AND xact_start IS NOT NULL`,
      );
      return rows[0] && BigInt(rows[0].started);
    };
    const started = await waitFor(workers, { what: 'a parallel worker' });
    expect((await bound()).bound).toBeLessThanOrEqual(started);
    await admin.query('SELECT pg_cancel_backend($1)', [
      (leader as pg.Client & { processID: number }).processID,
    ]);
    await sleeping;
    await leader.end();
  });

  test('a running autovacuum worker is ignored', async () => {
    await admin.query(
      'CREATE TABLE worn (id int) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0)',
    );
    await admin.query('INSERT INTO worn SELECT generate_series(1, 100000); DELETE FROM worn');
    // A worker may be at another table, and done with it the next moment: that of this one takes its time.
    const vacuumedSince = async () => {
      const { rows } = await admin.query<{ since: string }>(
        `SELECT a.xact_start::text AS since FROM pg_stat_progress_vacuum v JOIN pg_stat_activity a USING (pid)
          WHERE v.relid = 'worn'::regclass AND a.backend_type = 'autovacuum worker' AND a.xact_start IS NOT NULL`,
      );
      return rows[0]?.since;
    };
    const readMeanwhile = async () => {
      const before = await vacuumedSince();
      const reading = await bound();
      return before !== undefined && (await vacuumedSince()) === before ? reading : undefined;
    };
    const reading = await waitFor(readMeanwhile, { what: 'autovacuum', timeoutMs: 30_000 });
    expect(reading.heldBackBy).toBeNull();
    await admin.query('DROP TABLE worn');
  });

  test('a walsender with an open snapshot is ignored, one that writes is not', async () => {
    const config = { connectionString: server.url, replication: 'database' };
    const sender = new pg.Client(config as pg.ClientConfig);
    sender.on('error', () => {});
    await sender.connect();
    await sender.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await sender.query('SELECT 1');
    const { rows } = await admin.query(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender' AND state = 'idle in transaction'",
    );
    expect(rows).toHaveLength(1);
    expect((await bound()).heldBackBy).toBeNull();
    await sender.query('ROLLBACK');
    await sender.query('BEGIN');
    await sender.query('INSERT INTO public.rows (id) VALUES (1)');
    expect((await bound()).heldBackBy).toMatchObject({ backendType: 'walsender' });
    await sender.end();
  });
});

describe('what cannot be seen is refused', () => {
  test('a role without pg_read_all_stats is told the grant', async () => {
    await admin.query("CREATE ROLE blind LOGIN PASSWORD 'secret'; GRANT SELECT ON public.rows TO blind");
    const blind = openPostgresSource({ url: databaseUrl({ user: 'blind' }), name: 'test', marginMs: 0 });
    await expect(bound(blind)).rejects.toMatchObject({
      code: sourceErrors.lacksPrivilege.code,
      facts: { grant: 'GRANT pg_read_all_stats TO "blind"' },
    });
    await admin.query('GRANT pg_read_all_stats TO blind');
    await expect(bound(blind)).resolves.toMatchObject({ heldBackBy: null });
    await blind.close();
  });

  test('a session with track_activities off is refused while it exists', async () => {
    const silent = await connected(server.url);
    await silent.query('SET track_activities = off');
    await silent.query('BEGIN');
    await expect(bound()).rejects.toMatchObject({ code: sourceErrors.hiddenActivity.code });
    await silent.end();
    await waitFor(() => bound().catch(() => false as const), { what: 'the session to be gone' });
  });
});
