import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { sqlText } from '#shared/parquet/sql-text.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, decimal, int32, int64, text } from '#shared/pipeline/field.ts';

/** Ten columns as of payment instalments, with the checks an author would declare. */
export const SAMPLE_CONTRACT: Contract = defineContract({
  version: 1,
  key: ['id'],
  fields: {
    id: int64(),
    invoice_id: int64(),
    number: int32({ min: '1' }),
    buyer: text({ pattern: '^[0-9]{14}$' }),
    seller: text({ pattern: '^[0-9]{14}$' }),
    issued: date(),
    due: date(),
    paid: date({ nullable: true }),
    amount: decimal(14, 2, { min: '0' }),
    status: text({ oneOf: ['open', 'paid', 'overdue', 'cancelled'] }),
  },
});

/** Writes `rows` rows of source text, about 112 bytes each, cursor last. */
export async function writeSampleCsv(engine: ParquetEngine, path: string, rows: number): Promise<void> {
  const day = (start: string): string => `(date '${start}' + (i % 1500)::INTEGER)::VARCHAR`;
  const digits = (factor: number): string => `lpad(((i * ${factor}) % 99999999999999)::VARCHAR, 14, '0')`;
  const columns = [
    ...['i', '(i * 7919) % 1000000007', 'i % 12 + 1', digits(104729), digits(15485863)],
    ...[day('2020-01-01'), day('2020-02-01'), `case when i % 3 > 0 then ${day('2020-01-15')} end`],
    ...[
      '((i * 31) % 10000000 / 100)::DECIMAL(14,2)',
      `(array['open', 'paid', 'overdue', 'cancelled'])[i % 4 + 1]`,
    ],
    '1577836800000000 + (i % 1500) * 86400000000',
  ];
  await engine.use((session) =>
    session.rows(
      `copy (select ${columns.join(', ')} from range(${rows}) t(i)) to ${sqlText(path)} (format csv, header false)`,
    ),
  );
}

/** Runs `work` with an engine and a scratch folder. */
export async function withScratch<T>(
  work: (engine: ParquetEngine, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-parquet-'));
  const engine = await openParquetEngine({ workDir: join(folder, 'work') });
  try {
    return await work(engine, folder);
  } finally {
    engine.close();
    await rm(folder, { recursive: true });
  }
}

/** Wall and CPU time of one piece of work, in milliseconds. */
export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Measures `work`. CPU time counts DuckDB's threads too, and tells a slow program from a busy machine. */
export async function measured<T>(work: () => Promise<T>): Promise<readonly [T, Spent]> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return [
    result,
    { wallMs: Math.round(performance.now() - wall), cpuMs: Math.round((user + system) / 1000) },
  ];
}

/** Most memory this process ever held, in MiB. */
export const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);
