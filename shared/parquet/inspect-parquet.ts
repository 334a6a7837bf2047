import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { ParquetEngine, ParquetSession } from './parquet-engine.ts';
import { readParquetEnvelope } from './parquet-envelope.ts';
import { literalPathSql, parquetRelation } from './parquet-relation.ts';

/** What a Parquet file says of itself. */
export interface ParquetFacts {
  /** In file order; types as DuckDB names them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: number;
  readonly rowGroups: number;
  readonly bytes: number;
  /** Written by {@link convertCsvPart}; absent in foreign files. */
  readonly contractVersion: string | undefined;
  readonly fingerprint: string | undefined;
}

/** Why a file is not a readable Parquet file. */
export type ParquetProblem = 'missing' | 'not-parquet' | 'truncated' | 'corrupt';

export type ParquetInspection =
  | { readonly ok: true; readonly facts: ParquetFacts }
  | { readonly ok: false; readonly problem: ParquetProblem };

/**
 * Reads a file's footer. Damage to data pages is not seen here: the checksum finds it in our own files, reading in
 * foreign ones.
 *
 * @throws PenstockError only for what is not the file's fault (closed engine, memory, cancellation).
 */
export async function inspectParquet(
  engine: ParquetEngine,
  path: string,
  signal?: AbortSignal,
): Promise<ParquetInspection> {
  const envelope = await readParquetEnvelope(path);
  if (!envelope.ok) return envelope;
  try {
    const facts = await engine.use((session) => readFacts(session, path, envelope.bytes), signal);
    return { ok: true, facts };
  } catch (error) {
    if (error instanceof PenstockError && error.retry === 'terminal')
      return { ok: false, problem: 'corrupt' };
    throw error;
  }
}

async function readFacts(session: ParquetSession, path: string, bytes: number): Promise<ParquetFacts> {
  const file = literalPathSql(path);
  const columns = await session.rows(`describe select * from ${parquetRelation([path])}`);
  const [footer] = await session.rows(`select num_rows, num_row_groups from parquet_file_metadata(${file})`);
  const stamps = await session.rows(
    `select decode(key) as key, decode(value) as value from parquet_kv_metadata(${file})
     where decode(key) in ('contract_version', 'fingerprint')`,
  );
  const stamp = (key: string): string | undefined => {
    const value = stamps.find((row) => row['key'] === key)?.['value'];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    columns: columns.map((c) => ({ name: String(c['column_name']), type: String(c['column_type']) })),
    rows: Number(footer?.['num_rows']),
    rowGroups: Number(footer?.['num_row_groups']),
    bytes,
    contractVersion: stamp('contract_version'),
    fingerprint: stamp('fingerprint'),
  };
}
