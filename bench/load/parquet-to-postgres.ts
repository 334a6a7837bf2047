import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { landedColumns } from '#shared/parquet/contract-columns.ts';
import { openCsvStream } from '#shared/parquet/open-csv-stream.ts';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { copyInto } from '#shared/warehouse/postgres/copy-into.ts';
import { createHashedTable } from '#shared/warehouse/postgres/hashed-table.ts';
import {
  openPostgresWarehouse,
  type PostgresWarehouse,
} from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { withWarehouseTransaction } from '#shared/warehouse/postgres/transaction.ts';
import { contract, filesToLoad, type Landed, writeLandingFiles } from './landed-rows.ts';

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

async function load(
  warehouse: PostgresWarehouse,
  engine: ParquetEngine,
  landed: readonly Landed[],
): Promise<void> {
  await warehouse.loadHashedTable(STAGED, contract, filesToLoad(engine, landed));
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

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
