import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openPostgresWarehouse,
  type PostgresWarehouse,
} from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { contract, csvLine, fileOf, fileOfCsv, rowsOf } from './landed-rows.ts';

const TABLE = { schema: 'credit_temp', name: 'installments__r1_1' };

describe('staging on a PostgreSQL that crashes', () => {
  let server: OwnPostgres;
  let warehouse: PostgresWarehouse;
  beforeAll(async () => {
    server = await startOwnPostgres();
    warehouse = openPostgresWarehouse({ url: server.url, applicationName: 'test-crash' });
  });
  afterAll(async () => {
    await warehouse.close();
    await server.stop();
  });

  it('leaves no rows of a load whose backend is terminated, and the same load succeeds afterwards', async () => {
    const file = fileOfCsv('8', async function* () {
      yield csvLine({ id: 1 });
      await terminateLoads(server.url);
      for (let id = 2; id < 200_000; id += 1) yield csvLine({ id });
    });
    await expect(warehouse.loadHashedTable(TABLE, contract, [file])).rejects.toMatchObject({
      code: 'POSTGRES_UNAVAILABLE',
      retry: 'retryable',
    });
    expect(await warehouse.relationExists(TABLE)).toBe(false);
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('8', rowsOf(0, 5))]);
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['8', 5n]]));
  });

  it('shows by its counts that a crash emptied the table, and loads it again', async () => {
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('8', rowsOf(0, 5))]);
    await server.restart('immediate');
    expect(await warehouse.relationExists(TABLE)).toBe(true);
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map());
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('8', rowsOf(0, 5))]);
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['8', 5n]]));
  });

  it('keeps the table over an orderly restart', async () => {
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('8', rowsOf(0, 5))]);
    await server.restart('fast');
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['8', 5n]]));
  });
});

describe('a warehouse that is not there', () => {
  it('is told by check() in words, without the password', async () => {
    const warehouse = openPostgresWarehouse({ url: 'postgresql://me:s3cret@127.0.0.1:1/db' });
    const problems = await warehouse.check();
    expect(problems).toEqual([expect.stringContaining('POSTGRES_UNAVAILABLE')]);
    expect(problems.join()).not.toContain('s3cret');
    await warehouse.close();
  });
});

async function terminateLoads(url: string): Promise<void> {
  const killer = new pg.Client({ connectionString: url });
  await killer.connect();
  await killer.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%FROM STDIN%' AND datname = current_database() AND pid <> pg_backend_pid()",
  );
  await killer.end();
}
