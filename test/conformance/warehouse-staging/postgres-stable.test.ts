import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RelationName } from '#shared/contracts/names.ts';
import { text } from '#shared/pipeline/field.ts';
import {
  openPostgresWarehouse,
  type PostgresWarehouse,
} from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { contract, fileOf, fileOfCsv, rowsOf } from './landed-rows.ts';

const STABLE = { schema: 'credit_temp', name: 'installments' };
const hashed = (run: number): RelationName => ({ schema: 'credit_temp', name: `installments__r${run}_1` });
const other = { version: 2, fields: { code: text() }, key: ['code'] };

describe('the stable view on PostgreSQL', () => {
  let database: TestDatabase;
  let warehouse: PostgresWarehouse;
  let reader: pg.Client;

  beforeEach(async () => {
    database = await testDatabase();
    warehouse = openPostgresWarehouse({ url: database.url, applicationName: 'test-stable' });
    reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    await load(1);
    await warehouse.swapStable(STABLE, hashed(1));
  });
  afterEach(async () => {
    await Promise.all([warehouse.close(), reader.end()]);
    await database.drop();
  });

  const load = (run: number): Promise<unknown> =>
    warehouse.loadHashedTable(hashed(run), contract, [fileOf(`${run}`, rowsOf(0, run))]);
  const loadOther = (run: number): Promise<unknown> =>
    warehouse.loadHashedTable(hashed(run), other, [fileOfCsv(`${run}`, () => ['a,1,0001,h,"",2\n'])]);

  it('waits for readers in short tries, lets others read meanwhile, and gives up in time', async () => {
    await load(2);
    await reader.query('BEGIN; SELECT FROM credit_temp.installments');
    const swap = warehouse.swapStable(STABLE, hashed(2), { giveUpAfterMs: 600 });
    const outcome = swap.then(
      () => 'swapped',
      (error: unknown) => error,
    );
    const slowest = await slowestRead(warehouse, outcome);
    expect(await outcome).toMatchObject({ code: 'WAREHOUSE_LOCK_BLOCKED', retry: 'retryable' });
    expect(slowest).toBeLessThan(500);
    await reader.query('COMMIT');
    await warehouse.swapStable(STABLE, hashed(2));
  });

  it('stops waiting at the signal', async () => {
    await load(2);
    await reader.query('BEGIN; SELECT FROM credit_temp.installments');
    const controller = new AbortController();
    const swap = warehouse.swapStable(STABLE, hashed(2), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('drained')), 150);
    await expect(swap).rejects.toThrow('drained');
    await reader.query('COMMIT');
  });

  it('shows whole rows to a transaction whose snapshot is older than the table', async () => {
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class LIMIT 1');
    await load(2);
    await warehouse.swapStable(STABLE, hashed(2));
    expect((await reader.query('SELECT FROM credit_temp.installments')).rowCount).toBe(2);
    await reader.query('COMMIT');
  });

  it('keeps views, grants and comments of others while columns stay', async () => {
    await reader.query('CREATE VIEW public.mine AS SELECT id FROM credit_temp.installments');
    await load(2);
    await warehouse.swapStable(STABLE, hashed(2));
    expect((await reader.query('SELECT FROM public.mine')).rowCount).toBe(2);
  });

  it('refuses to take columns away from views of others, and names them', async () => {
    await reader.query('CREATE VIEW public.mine AS SELECT id FROM credit_temp.installments');
    await loadOther(2);
    await expect(warehouse.swapStable(STABLE, hashed(2))).rejects.toMatchObject({
      code: 'WAREHOUSE_STABLE_HAS_DEPENDENTS',
      facts: { dependents: 'public.mine' },
    });
    expect((await reader.query('SELECT FROM public.mine')).rowCount).toBe(1);
  });

  it('gives grants and comment back when columns changed', async () => {
    const role = `"analyst ${database.name}"`;
    await reader.query(`CREATE ROLE ${role}`);
    try {
      await reader.query(`GRANT SELECT ON credit_temp.installments TO ${role} WITH GRANT OPTION`);
      await reader.query('GRANT SELECT ON credit_temp.installments TO PUBLIC');
      await reader.query("COMMENT ON VIEW credit_temp.installments IS 'it''s the latest'");
      const before = await attributes(reader);
      await loadOther(2);
      await warehouse.swapStable(STABLE, hashed(2));
      expect(await attributes(reader)).toEqual(before);
      expect(before.comment).toBe("it's the latest");
    } finally {
      await reader.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('leaves a table of others under its name alone', async () => {
    const name = { schema: 'credit_temp', name: 'foreign_table' };
    await reader.query('CREATE TABLE credit_temp.foreign_table (n int)');
    await expect(warehouse.swapStable(name, hashed(1))).rejects.toMatchObject({
      code: 'WAREHOUSE_STABLE_IS_FOREIGN',
    });
  });

  it('puts the promised table on the disk: unlogged, NOT NULL where required', async () => {
    const { rows } = await reader.query(
      `SELECT relpersistence AS kind, array_agg(attname::text ORDER BY attnum) FILTER (WHERE attnotnull) AS required
         FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
        WHERE relname = $1 GROUP BY 1`,
      [hashed(1).name],
    );
    expect(rows).toEqual([{ kind: 'u', required: ['id', '_version', '_row_hash', '_slice', '_file_id'] }]);
  });
});

async function attributes(reader: pg.Client): Promise<{ acl: string; comment: string }> {
  const { rows } = await reader.query(
    `SELECT (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(relacl) a)::text AS acl,
            obj_description(oid, 'pg_class') AS comment
       FROM pg_class WHERE oid = 'credit_temp.installments'::regclass`,
  );
  return rows[0];
}

/** Reads until `over` settles; the longest a read took, in milliseconds. */
async function slowestRead(warehouse: PostgresWarehouse, over: Promise<unknown>): Promise<number> {
  let running = true;
  const stop = over.then(() => {
    running = false;
  });
  let slowest = 0;
  while (running) {
    const begun = performance.now();
    await warehouse.pool.query('SELECT count(*) FROM credit_temp.installments');
    slowest = Math.max(slowest, performance.now() - begun);
  }
  await stop;
  return slowest;
}
