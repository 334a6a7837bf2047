import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { readKeysAndHashes } from '#shared/parquet/read-keys-and-hashes.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { bytes, date, decimal, float64, int64, text, timestamptz, uuid } from '#shared/pipeline/field.ts';
import {
  openPostgresWarehouse,
  type PostgresWarehouse,
} from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

/** One key of every type a key can have; hostile values stand in the row below. */
const contract: Contract = {
  version: 1,
  fields: {
    id: int64(),
    amount: decimal(38, 9),
    name: text(),
    day: date(),
    at: timestamptz(),
    raw: bytes(),
    ratio: float64(),
    ref: uuid(),
  },
  key: ['id', 'amount', 'name', 'day', 'at', 'raw', 'ratio', 'ref'],
};

const VALUES = `SELECT i AS id, '12345678901234567890123456789.123456789'::DECIMAL(38,9) + (i % 7) AS amount,
  'O''Brien "x", \\n' || chr(128578) || i AS name, DATE '0001-01-01' + (i % 1000)::INT AS day,
  TIMESTAMPTZ '1969-12-31 23:59:59.999999+00' AS at, '\\x00\\xFFab'::BLOB AS raw,
  CASE WHEN i % 2 = 0 THEN 0.1::DOUBLE ELSE 'infinity'::DOUBLE END AS ratio,
  '0e37df36-f698-11e6-8dd4-cb9ced3df976' AS ref, md5(i::VARCHAR) AS _row_hash
  FROM range(9223372036854765807, 9223372036854775807) t(i)`;

describe('no changes, from landed files to bronze', () => {
  let database: TestDatabase;
  let warehouse: PostgresWarehouse;
  let engine: ParquetEngine;
  let folder = '';
  let paths: string[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    warehouse = openPostgresWarehouse({ url: database.url });
    folder = await mkdtemp(join(tmpdir(), 'penstock [1]* ingestion_dt=2026-01-31 '));
    engine = await openParquetEngine({ workDir: join(folder, 'work') });
    paths = [join(folder, 'a.parquet'), join(folder, "b'.parquet")];
    await writeFiles(paths);
    await fillBronze(warehouse);
  });
  afterAll(async () => {
    engine.close();
    await warehouse.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const target = { schema: 'public', name: 'bronze' };
  const differs = (): Promise<boolean> =>
    engine.use((session) =>
      warehouse.differsFrom(target, contract, readKeysAndHashes(session, paths, contract)),
    );

  it('finds rows of every key type where they are', async () => {
    expect(await differs()).toBe(false);
  });

  it('finds one changed row among 10,000', async () => {
    await warehouse.pool.query("UPDATE bronze SET _row_hash = 'other' WHERE id = 9223372036854775806");
    expect(await differs()).toBe(true);
    await warehouse.pool.query('UPDATE bronze SET _row_hash = md5(id::text) WHERE id = 9223372036854775806');
    expect(await differs()).toBe(false);
  });

  it('reads batches of bounded size', async () => {
    const sizes = await engine.use(async (session) => {
      const seen: number[] = [];
      for await (const { hashes } of readKeysAndHashes(session, paths, contract, 3000))
        seen.push(hashes.length);
      return seen;
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
    expect(Math.max(...sizes)).toBeLessThan(3000 + 2048);
  });

  it('reads nothing from no files', async () => {
    const none = engine.use((session) =>
      warehouse.differsFrom(target, contract, readKeysAndHashes(session, [], contract)),
    );
    expect(await none).toBe(false);
  });
});

async function writeFiles(paths: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const [part, path] of paths.entries()) {
    const file = path.replaceAll("'", "''");
    await connection.run(`COPY (FROM (${VALUES}) WHERE id % 2 = ${part}) TO '${file}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
}

/** The same values, computed by PostgreSQL itself. */
async function fillBronze(warehouse: PostgresWarehouse): Promise<void> {
  await warehouse.pool.query(`CREATE TABLE bronze AS
    SELECT i AS id, (12345678901234567890123456789.123456789 + i % 7)::numeric(38,9) AS amount,
           'O''Brien "x", \\n' || chr(128578) || i AS name, date '0001-01-01' + (i % 1000)::int AS day,
           timestamptz '1969-12-31 23:59:59.999999+00' AS at, '\\x00ff6162'::bytea AS raw,
           CASE WHEN i % 2 = 0 THEN 0.1::float8 ELSE 'infinity' END AS ratio,
           '0e37df36-f698-11e6-8dd4-cb9ced3df976'::uuid AS ref, md5(i::text) AS _row_hash
      FROM generate_series(9223372036854765807, 9223372036854775806) i`);
  await warehouse.pool.query('CREATE UNIQUE INDEX ON bronze (id, amount, name, day, at, raw, ratio, ref)');
}
