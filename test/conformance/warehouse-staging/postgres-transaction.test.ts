import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppliedKey,
  ensureAppliedTable,
  insertApplied,
  isApplied,
  readApplied,
} from '#shared/warehouse/postgres/applied.ts';
import {
  openPostgresWarehouse,
  type PostgresWarehouse,
} from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { withWarehouseTransaction } from '#shared/warehouse/postgres/transaction.ts';
import { startOwnPostgres } from '#test/support/own-postgres.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';

let database: TestDatabase;
let warehouse: PostgresWarehouse;

beforeAll(async () => {
  database = await testDatabase();
  // One connection: everything must work when the pool is used up.
  warehouse = openPostgresWarehouse({ url: database.url, poolSize: 1, applicationName: 'test-one' });
  await warehouse.pool.query('CREATE TABLE numbers (n int PRIMARY KEY)');
});
afterEach(() => warehouse.pool.query('TRUNCATE numbers'));
afterAll(async () => {
  await warehouse.close();
  await database.drop();
});

const insert = (n: number) => (client: pg.PoolClient) => client.query('INSERT INTO numbers VALUES ($1)', [n]);
const numbers = async (): Promise<number[]> =>
  (await warehouse.pool.query<{ n: number }>('SELECT n FROM numbers ORDER BY n')).rows.map(({ n }) => n);

describe('withWarehouseTransaction', () => {
  it('commits what the work did, and returns its result', async () => {
    expect(await withWarehouseTransaction(warehouse, async (c) => (await insert(1)(c)).rowCount)).toBe(1);
    expect(await numbers()).toEqual([1]);
  });

  it('rolls back and passes the work’s own error unchanged', async () => {
    const own = new TypeError('own');
    const work = async (client: pg.PoolClient): Promise<void> => {
      await insert(1)(client);
      throw own;
    };
    await expect(withWarehouseTransaction(warehouse, work)).rejects.toBe(own);
    expect(await numbers()).toEqual([]);
  });

  it('classifies the server’s error and never shows a value', async () => {
    await withWarehouseTransaction(warehouse, insert(424242));
    const again = withWarehouseTransaction(warehouse, insert(424242));
    const error = await again.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'POSTGRES_CONSTRAINT', facts: { constraint: 'numbers_pkey' } });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('424242');
  });

  it('does not take a swallowed error for a commit', async () => {
    const work = async (client: pg.PoolClient): Promise<void> => {
      await insert(1)(client);
      await client.query('SELECT 1/0').catch(() => {});
    };
    await expect(withWarehouseTransaction(warehouse, work)).rejects.toMatchObject({
      code: 'POSTGRES_STATEMENT',
    });
    expect(await numbers()).toEqual([]);
  });

  it('cancels the running statement at the server on abort, and the pool goes on', async () => {
    const controller = new AbortController();
    const sleeping = withWarehouseTransaction(
      warehouse,
      async (client) => {
        await insert(1)(client);
        await client.query('SELECT pg_sleep(600) /* penstock-sleeper */');
      },
      { signal: controller.signal },
    );
    const watcher = new pg.Client({ connectionString: database.url });
    await watcher.connect();
    const sleepers = async (): Promise<number> =>
      (
        await watcher.query(
          "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%penstock-sleeper%' AND datname = current_database() AND pid <> pg_backend_pid()",
        )
      ).rowCount ?? 0;
    await waitFor(async () => (await sleepers()) === 1, { what: 'the statement to run' });
    controller.abort(new Error('drained'));
    await expect(sleeping).rejects.toThrow('drained');
    expect(await sleepers()).toBe(0);
    await watcher.end();
    expect(await numbers()).toEqual([]);
  });

  it('runs nothing when aborted before', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(withWarehouseTransaction(warehouse, insert(1), { signal })).rejects.toThrow('too late');
    expect(await numbers()).toEqual([]);
  });

  it('does not commit when aborted during the work, even if the work does not care', async () => {
    const controller = new AbortController();
    const work = async (client: pg.PoolClient): Promise<void> => {
      await insert(1)(client);
      controller.abort(new Error('drained'));
    };
    const signal = controller.signal;
    await expect(withWarehouseTransaction(warehouse, work, { signal })).rejects.toThrow('drained');
    expect(await numbers()).toEqual([]);
  });

  it('says unavailable, retryably, when the backend is terminated, and the pool goes on', async () => {
    const work = async (client: pg.PoolClient): Promise<void> => {
      await insert(1)(client);
      const killer = new pg.Client({ connectionString: database.url });
      await killer.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await killer.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await killer.end();
      await client.query('SELECT 1');
    };
    await expect(withWarehouseTransaction(warehouse, work)).rejects.toMatchObject({
      code: 'POSTGRES_UNAVAILABLE',
      retry: 'retryable',
    });
    expect(await numbers()).toEqual([]);
  });

  it('gives a lock up after the given time', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE numbers');
    const blocked = withWarehouseTransaction(warehouse, insert(1), { lockTimeoutMs: 50 });
    await expect(blocked).rejects.toMatchObject({ code: 'POSTGRES_CONFLICT', facts: { sqlstate: '55P03' } });
    await holder.end();
  });

  it('ends on abort although the server is frozen', async () => {
    const own = await startOwnPostgres();
    const frozen = openPostgresWarehouse({ url: own.url, poolSize: 1 });
    try {
      const controller = new AbortController();
      const work = async (client: pg.PoolClient): Promise<unknown> => {
        await own.kill('SIGSTOP');
        setImmediate(() => controller.abort(new Error('drained')));
        return client.query('SELECT pg_sleep(600)');
      };
      const stuck = withWarehouseTransaction(frozen, work, { signal: controller.signal });
      await expect(stuck).rejects.toThrow('drained');
    } finally {
      await own.kill('SIGCONT');
      await frozen.close();
      await own.stop();
    }
  });
});

describe('penstock_applied', () => {
  const key: AppliedKey = { runId: 'rabc', stream: 'installments', batch: 'b1' };

  it('is created by eight at once', async () => {
    const many = openPostgresWarehouse({ url: database.url, poolSize: 8 });
    await Promise.all(Array.from({ length: 8 }, () => withWarehouseTransaction(many, ensureAppliedTable)));
    await many.close();
    expect(await isApplied(warehouse.pool, key)).toBe(false);
  });

  it('remembers what committed, with its outcome, and forgets what did not', async () => {
    await withWarehouseTransaction(warehouse, ensureAppliedTable);
    const fail = async (client: pg.PoolClient): Promise<void> => {
      expect(await insertApplied(client, key)).toBe(true);
      throw new Error('crashed');
    };
    await expect(withWarehouseTransaction(warehouse, fail)).rejects.toThrow('crashed');
    expect(await isApplied(warehouse.pool, key)).toBe(false);
    await withWarehouseTransaction(warehouse, (client) => insertApplied(client, key, { rows: 3 }));
    expect(await readApplied(warehouse.pool, key)).toEqual({ rows: 3 });
    expect(await insertApplied(warehouse.pool, key)).toBe(false);
  });

  it('lets one of two at once record', async () => {
    const two = openPostgresWarehouse({ url: database.url, poolSize: 2 });
    const other = { ...key, batch: 'b2' };
    const wins = await Promise.all(
      [1, 2].map(() => withWarehouseTransaction(two, (client) => insertApplied(client, other))),
    );
    await two.close();
    expect(wins.sort()).toEqual([false, true]);
  });
});
