import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openCsvStream } from '#shared/parquet/open-csv-stream.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { boolean, date, decimal, int32, int64, text, timestamptz } from '#shared/pipeline/field.ts';
import type { FileToLoad } from '#shared/warehouse/warehouse-port.ts';

/** Ten columns as a payment system has them. */
export const contract: Contract = {
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

export interface Landed {
  readonly path: string;
  readonly fileId: bigint;
}

/** Files as the loader hands them to the warehouse. */
export function filesToLoad(engine: ParquetEngine, landed: readonly Landed[]): FileToLoad[] {
  return landed.map(({ path, fileId }) => ({
    fileId: String(fileId),
    uri: path,
    openCsv: async (signal) => {
      const options = signal === undefined ? {} : { signal };
      return (await openCsvStream(engine, [{ path, fileId }], contract, options)).stream;
    },
  }));
}

/** Writes so many rows, spread over files, as the extractor would have landed them. */
export async function writeLandingFiles(folder: string, rows: number, files: number): Promise<Landed[]> {
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
