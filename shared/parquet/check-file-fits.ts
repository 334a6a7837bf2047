import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { type LandedColumn, landedColumns } from './contract-columns.ts';
import { digestFile } from './file-digest.ts';
import { inspectParquet, type ParquetFacts } from './inspect-parquet.ts';
import type { ParquetEngine, ParquetSession } from './parquet-engine.ts';
import { literalPathSql, parquetRelation } from './parquet-relation.ts';

/** What the ledger knows of a file. Left out for a foreign one. */
export interface ExpectedFile {
  readonly rows?: number;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Why a file is refused whole; recorded with it in quarantine. */
export type MisfitCode =
  | 'missing'
  | 'not-parquet'
  | 'truncated'
  | 'corrupt'
  | 'size'
  | 'checksum'
  | 'row-count'
  | 'missing-column'
  | 'unknown-column'
  | 'column-type'
  | 'null-in-required';

export type FileVerdict =
  | { readonly ok: true; readonly facts: ParquetFacts }
  | {
      readonly ok: false;
      readonly code: MisfitCode;
      readonly column?: string;
      /** Row of the file, from 1. */
      readonly ordinal?: number;
    };

type Misfit = Extract<FileVerdict, { ok: false }>;

/**
 * The loader's check at the door: does this file hold what the contract and the ledger say?
 *
 * @throws PenstockError only for what is not the file's fault (closed engine, memory, cancellation).
 */
export async function checkFileFits(
  engine: ParquetEngine,
  path: string,
  contract: Contract,
  expected: ExpectedFile,
  signal?: AbortSignal,
): Promise<FileVerdict> {
  const inspection = await inspectParquet(engine, path, signal);
  if (!inspection.ok) return { ok: false, code: inspection.problem };
  const columns = landedColumns(contract);
  const misfit = (await bytesMisfit(path, expected)) ?? factsMisfit(inspection.facts, columns, expected.rows);
  if (misfit !== undefined) return misfit;
  return (await nullMisfit(engine, path, columns, signal)) ?? { ok: true, facts: inspection.facts };
}

async function bytesMisfit(path: string, expected: ExpectedFile): Promise<Misfit | undefined> {
  if (expected.bytes === undefined && expected.sha256 === undefined) return undefined;
  const digest = await digestFile(path);
  if (expected.bytes !== undefined && digest.bytes !== expected.bytes) return { ok: false, code: 'size' };
  if (expected.sha256 !== undefined && digest.sha256 !== expected.sha256)
    return { ok: false, code: 'checksum' };
  return undefined;
}

/** Column order may differ: files are read by name. */
function factsMisfit(
  facts: ParquetFacts,
  columns: readonly LandedColumn[],
  rows: number | undefined,
): Misfit | undefined {
  const found = new Map(facts.columns.map((column) => [column.name, column.type]));
  const missing = columns.find((column) => !found.has(column.name));
  if (missing !== undefined) return { ok: false, code: 'missing-column', column: missing.name };
  const known = new Set(columns.map((column) => column.name));
  const unknown = facts.columns.find((column) => !known.has(column.name));
  // A foreign column's name may itself be data, so only its position is told.
  if (unknown !== undefined)
    return { ok: false, code: 'unknown-column', column: `#${facts.columns.indexOf(unknown) + 1}` };
  const other = columns.find((column) => found.get(column.name) !== column.duckdb);
  if (other !== undefined) return { ok: false, code: 'column-type', column: other.name };
  if (rows !== undefined && facts.rows !== rows) return { ok: false, code: 'row-count' };
  return undefined;
}

async function nullMisfit(
  engine: ParquetEngine,
  path: string,
  columns: readonly LandedColumn[],
  signal: AbortSignal | undefined,
): Promise<Misfit | undefined> {
  const required = columns.filter((column) => !column.nullable).map((column) => column.name);
  try {
    return await engine.use(async (session) => {
      const suspects = await columnsWithNulls(session, path, required);
      return suspects.length === 0 ? undefined : firstNull(session, path, suspects);
    }, signal);
  } catch (error) {
    if (error instanceof PenstockError && error.retry === 'terminal') return { ok: false, code: 'corrupt' };
    throw error;
  }
}

/** Required columns whose statistics do not rule out NULLs; usually none, so that no data is read. */
async function columnsWithNulls(
  session: ParquetSession,
  path: string,
  required: readonly string[],
): Promise<string[]> {
  const rows =
    await session.rows(`select path_in_schema as name, bool_and(stats_null_count = 0) is true as clean
    from parquet_metadata(${literalPathSql(path)}) group by path_in_schema`);
  const clean = new Set(rows.filter((row) => row['clean'] === true).map((row) => String(row['name'])));
  return rows.length === 0 ? [] : required.filter((name) => !clean.has(name));
}

async function firstNull(
  session: ParquetSession,
  path: string,
  names: readonly string[],
): Promise<Misfit | undefined> {
  const isNull = names.map((name) => `${quoteIdent(name)} is null`);
  const which = names.map((_, index) => `when ${isNull[index]} then ${index}`).join(' ');
  const [found] = await session.rows(`select file_row_number as position, case ${which} end as which
    from ${parquetRelation([path], 'file_row_number = true')}
    where ${isNull.join(' or ')} order by file_row_number limit 1`);
  const column = names[Number(found?.['which'])];
  if (found === undefined || column === undefined) return undefined;
  return { ok: false, code: 'null-in-required', column, ordinal: Number(found['position']) + 1 };
}
