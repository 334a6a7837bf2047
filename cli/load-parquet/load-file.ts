import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import { inspectParquet } from '#shared/parquet/inspect-parquet.ts';
import { openPipe } from '#shared/parquet/named-pipe.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { parquetRelation } from '#shared/parquet/parquet-relation.ts';
import { sqlText } from '#shared/parquet/sql-text.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { csvTextSql, holdsNanoseconds, type ParquetColumn } from './column-types.ts';
import { loadParquetErrors } from './errors.ts';
import { createTable, requireColumns } from './target-table.ts';

/** What every file of a folder is loaded with. */
export interface LoadContext {
  readonly client: pg.Client;
  readonly engine: ParquetEngine;
  readonly schema: string;
  readonly createSchema: boolean;
  /** Where the pipe is made. */
  readonly workDir: string;
  readonly signal: AbortSignal;
}

export interface LoadedFile {
  readonly file: string;
  readonly table: string;
  readonly rows: number;
}

/**
 * Appends one file to the table of its name, in one transaction: whole or not at all. DuckDB writes CSV into a pipe, COPY
 * reads it; neither holds more than a row group.
 *
 * @param path of `<table>.parquet`.
 * @throws LOAD_PARQUET_…, POSTGRES_…, PARQUET_…; nothing of the file was kept then.
 */
export async function loadFile(context: LoadContext, file: string, path: string): Promise<LoadedFile> {
  const { client, engine, signal } = context;
  const relation = { schema: context.schema, name: file.replace(/\.parquet$/, '') };
  const inspected = await inspectParquet(engine, path, signal);
  if (!inspected.ok) {
    throw new PenstockError(loadParquetErrors.notParquet, { file, problem: inspected.problem });
  }
  const { columns, rows } = inspected.facts;
  await refuseNanoseconds(context, file, path, columns);
  try {
    await client.query('begin');
    if (context.createSchema) await createTable(client, relation, columns);
    const types = await requireColumns(client, relation, file, columns);
    const copied = await copyRows(context, path, relation, columns, types);
    if (copied !== rows) throw new PenstockError(loadParquetErrors.rowsDiffer, { file, rows, copied });
    await client.query('commit');
    return { file, table: `${relation.schema}.${relation.name}`, rows };
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw toPostgresError(error, { file, ...columnIn(error) });
  }
}

async function copyRows(
  { client, engine, workDir, signal }: LoadContext,
  path: string,
  relation: RelationName,
  columns: readonly ParquetColumn[],
  types: ReadonlyMap<string, string>,
): Promise<number> {
  const pipePath = join(workDir, `${process.pid}-${Math.random().toString(36).slice(2)}.csv.pipe`);
  const pipe = await openPipe(pipePath);
  const stop = new AbortController();
  const texts = columns.map((column) => csvTextSql(column, types.get(column.name) ?? '')).join(', ');
  // Quoted throughout: a lone \. would end the COPY of older servers, and NULL alone stays unquoted.
  const sql = `copy (select ${texts} from ${parquetRelation([path])}) to ${sqlText(pipePath)}
    (format csv, header false, delim ',', quote '"', escape '"', nullstr '', force_quote *, use_tmp_file false)`;
  const writing = engine
    .use((session) => session.rows(sql), AbortSignal.any([signal, stop.signal]))
    .then(
      () => pipe.finish(),
      (error: unknown) => {
        pipe.fail(error instanceof Error ? error : new Error('DuckDB stopped'));
        throw error;
      },
    );
  writing.catch(() => {});
  const list = columns.map(({ name }) => quoteIdent(name)).join(', ');
  const copy = client.query(
    copyFrom(`copy ${quoteRelation(relation)} (${list}) from stdin (format csv, encoding 'UTF8')`),
  );
  try {
    await pipeline(pipe.stream, copy);
    await writing;
    return copy.rowCount;
  } finally {
    stop.abort();
  }
}

async function refuseNanoseconds(
  { engine, signal }: LoadContext,
  file: string,
  path: string,
  columns: readonly ParquetColumn[],
): Promise<void> {
  for (const column of columns.filter(holdsNanoseconds)) {
    const name = quoteIdent(column.name);
    const sql = `select 1 from ${parquetRelation([path])} where isfinite(${name}) and epoch_ns(${name}) % 1000 <> 0 limit 1`;
    const found = await engine.use((session) => session.rows(sql), signal);
    if (found.length > 0) {
      throw new PenstockError(loadParquetErrors.notExact, { file, column: column.name });
    }
  }
}

/** The server says where a COPY failed: `COPY t, line 3, column c: "…"`; the value stays out. */
function columnIn(error: unknown): { readonly column?: string } {
  const where: unknown = error instanceof Error ? Reflect.get(error, 'where') : undefined;
  const column =
    typeof where === 'string' ? /^COPY .*?, line \d+, column ([^:]+)/.exec(where)?.[1] : undefined;
  return column === undefined ? {} : { column };
}
