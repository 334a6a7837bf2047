import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { landedColumns } from '#shared/parquet/contract-columns.ts';
import { openCsvStream } from '#shared/parquet/open-csv-stream.ts';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { boolean, date, decimal, int32, int64, text, timestamptz } from '#shared/pipeline/field.ts';
import { copyInto } from '#shared/warehouse/postgres/copy-into.ts';
import { createHashedTable } from '#shared/warehouse/postgres/hashed-table.ts';
import {
  openPostgresWarehouse,
  type PostgresWarehouse,
} from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { withWarehouseTransaction } from '#shared/warehouse/postgres/transaction.ts';
import type { FileToLoad } from '#shared/warehouse/warehouse-port.ts';

export interface LoadBenchOptions {
  /** An empty database. */
  readonly url: string;
  /** Default 2,000,000. */
  readonly rows?: number;
  /** Landing files the rows are spread over, default 4. */
  readonly files?: number;
  /** Each side is measured this often, in turns; the best counts. Default 3. */
  readonly rounds?: number;
}

export interface LoadBenchResult {
  readonly rows: number;
  readonly loadMs: number;
  readonly copyMs: number;
  /** Rows per second of the load over those of the COPY; the bar is 0.65. */
  readonly ratio: number;
}

/** Ten columns as a payment system has them. */
const contract: Contract = {
  version: 1,
  fields: {
    id: int64(),
    invoice_id: int64(),
    number: int32(),
    buyer: text(),
    seller: text(),
    issued: date(),
    due: date({ nullable: true }),
    amount: decimal(18, 2),
    paid: boolean(),
    updated_at: timestamptz(),
  },
  key: ['id'],
};

const STAGED = { schema: 'bench_temp', name: 'installments__bench_1' };
const BASE = { schema: 'bench_temp', name: 'baseline' };

/**
 * Landed Parquet files into a hashed table, against COPY FROM of the very same rows as CSV from disk into the same kind
 * of table, both through Node.
 */
export async function benchParquetToPostgres(options: LoadBenchOptions): Promise<LoadBenchResult> {
  const { url, rows = 2_000_000, files = 4, rounds = 3 } = options;
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-load-'));
  const engine = await openParquetEngine({ workDir: join(folder, 'work') });
  const warehouse = openPostgresWarehouse({ url, applicationName: 'bench-load' });
  try {
    const landed = await writeLandingFiles(folder, rows, files);
    const csvPath = join(folder, 'rows.csv');
    await writeCsv(engine, landed, csvPath);
    await warehouse.pool.query(`CREATE SCHEMA IF NOT EXISTS ${BASE.schema}`);
    const [loads, copies]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      copies.push(await timed(() => copyCsv(warehouse, csvPath)));
      loads.push(await timed(() => load(warehouse, engine, landed)));
    }
    const [loadMs, copyMs] = [Math.min(...loads), Math.min(...copies)];
    return { rows, loadMs, copyMs, ratio: copyMs / loadMs };
  } finally {
    engine.close();
    await warehouse.close();
    await rm(folder, { recursive: true });
  }
}

interface Landed {
  readonly path: string;
  readonly fileId: bigint;
}

async function load(
  warehouse: PostgresWarehouse,
  engine: ParquetEngine,
  landed: readonly Landed[],
): Promise<void> {
  const files = landed.map(
    ({ path, fileId }): FileToLoad => ({
      fileId: String(fileId),
      uri: path,
      openCsv: async (signal) => {
        const options = signal === undefined ? {} : { signal };
        return (await openCsvStream(engine, [{ path, fileId }], contract, options)).stream;
      },
    }),
  );
  await warehouse.loadHashedTable(STAGED, contract, files);
}

async function copyCsv(warehouse: PostgresWarehouse, path: string): Promise<void> {
  const columns = [...landedColumns(contract).map(({ name }) => name), FILE_ID_COLUMN];
  await withWarehouseTransaction(warehouse, async (client) => {
    await createHashedTable(client, BASE, contract);
    await copyInto(client, BASE, columns, createReadStream(path, { highWaterMark: 1 << 16 }), {
      freeze: true,
    });
  });
}

async function writeCsv(engine: ParquetEngine, landed: readonly Landed[], path: string): Promise<void> {
  const { stream, done } = await openCsvStream(engine, landed, contract);
  await pipeline(stream, createWriteStream(path));
  await done;
}

async function writeLandingFiles(folder: string, rows: number, files: number): Promise<Landed[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MiB' });
  const connection = await instance.connect();
  const landed: Landed[] = [];
  for (let part = 0; part < files; part += 1) {
    const [from, to] = [Math.floor((rows * part) / files), Math.floor((rows * (part + 1)) / files)];
    const path = join(folder, `part-${part}.parquet`);
    await connection.run(`COPY (${rowsSql(from, to)}) TO '${path}' (FORMAT parquet)`);
    landed.push({ path, fileId: BigInt(part + 1) });
  }
  connection.closeSync();
  instance.closeSync();
  return landed;
}

const rowsSql = (from: number, to: number): string => `
  SELECT i AS id, i // 6 AS invoice_id, (i % 6)::INTEGER AS number,
         lpad((hash(i) % 100000000000000)::VARCHAR, 14, '0') AS buyer,
         lpad((hash(i // 7) % 100000000000000)::VARCHAR, 14, '0') AS seller,
         DATE '2020-01-01' + (i % 2000)::INTEGER AS issued,
         CASE WHEN i % 10 > 0 THEN DATE '2020-02-01' + (i % 2000)::INTEGER END AS due,
         ((hash(i) % 10000000) / 100)::DECIMAL(18,2) AS amount, i % 3 = 0 AS paid,
         TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_microseconds(i * 1000003) AS updated_at,
         1704067200000000 + i * 1000003 AS _cursor,
         printf('%016x%016x%012x', 9223372036854775807, 22000000 + i, 1) AS _version,
         md5(i::VARCHAR) AS _row_hash, '' AS _slice
    FROM range(${from}, ${to}) t(i)`;

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
