import { join } from 'node:path';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { sqlText } from '#shared/parquet/sql-text.ts';
import { duckdbTypeOf } from '#shared/parquet/type-mapping.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import type { ProjectedRow } from '#shared/pipeline/project-row.ts';
import type { Way } from './way.ts';

/** What becomes of values that writers are known to round, refuse or change: `exact`, `changed`, `refused`, `as DOUBLE`. */
export type Exactness = Readonly<Record<string, string>>;

interface Trial {
  readonly field: f.Field;
  readonly text: string;
  /** What a reader must find, as DuckDB prints it. */
  readonly expected: string;
}

const TRIALS: Readonly<Record<string, Trial>> = {
  'int64 beyond 2^53': { field: f.int64(), text: '9007199254740993', expected: '9007199254740993' },
  'int64 at its end': { field: f.int64(), text: '-9223372036854775808', expected: '-9223372036854775808' },
  'decimal(38,8)': {
    field: f.decimal(38, 8),
    text: '123456789012345678901234567890.12345678',
    expected: '123456789012345678901234567890.12345678',
  },
  'decimal(10,2)': { field: f.decimal(10, 2), text: '0.1', expected: '0.10' },
  'timestamptz, microseconds': {
    field: f.timestamptz(),
    text: '2026-11-01 08:00:00.123457+00',
    expected: '2026-11-01 08:00:00.123457+00',
  },
  'timestamptz before 1970': {
    field: f.timestamptz(),
    text: '1969-12-31 23:59:59.999999+00',
    expected: '1969-12-31 23:59:59.999999+00',
  },
  'float64 NaN': { field: f.float64(), text: 'NaN', expected: 'nan' },
  'float64 of 17 digits': {
    field: f.float64(),
    text: '0.30000000000000004',
    expected: '0.30000000000000004',
  },
};

/** Writes one file for each trial, since a writer that refuses a value takes its file with it. */
export async function exactnessOf(way: Way, engine: ParquetEngine, folder: string): Promise<Exactness> {
  const found: [string, string][] = [];
  for (const [name, trial] of Object.entries(TRIALS))
    found.push([name, await tried(way, engine, folder, trial)]);
  return Object.fromEntries(found);
}

async function tried(
  way: Way,
  engine: ParquetEngine,
  folder: string,
  { field, text, expected }: Trial,
): Promise<string> {
  const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: field } });
  const rows: ProjectedRow[] = [{ ok: true, fields: ['1', text], entity: null, eventTime: null }];
  const outPath = join(folder, 'exact.parquet');
  try {
    await way({ engine, contract, rows, folder, outPath });
  } catch {
    return 'refused';
  }
  return engine.use(async (session) => {
    const [row] = await session.rows(
      `select v::varchar as v, typeof(v) as type from read_parquet(${sqlText(outPath)})`,
    );
    if (row?.['type'] !== duckdbTypeOf(field)) return `as ${String(row?.['type'])}`;
    return row['v'] === expected ? 'exact' : 'changed';
  });
}
