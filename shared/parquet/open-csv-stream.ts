import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { parquetErrors } from './errors.ts';
import { openPipe, type Pipe } from './named-pipe.ts';
import type { ParquetEngine, ParquetSession } from './parquet-engine.ts';
import { parquetRelation } from './parquet-relation.ts';
import { rowTextSql } from './row-text-sql.ts';
import { sqlText } from './sql-text.ts';

/** A landing file on local disk and its id in the ledger, which becomes `_file_id`. */
export interface FileToLoad {
  readonly path: string;
  readonly fileId: bigint;
}

/** Rows as CSV text, and afterwards how many came from which file. */
export interface CsvStream {
  /** For `COPY … FROM STDIN (FORMAT csv)`: the landed columns in order, then `_file_id`. */
  readonly stream: Readable;
  /**
   * Settles when everything was written or the stream failed; never an unhandled rejection. A failure also destroys
   * the stream, so a COPY reading from it fails too.
   */
  readonly done: Promise<readonly { readonly fileId: bigint; readonly rows: number }[]>;
}

/**
 * Streams landing files as CSV through a named pipe: DuckDB writes, the event loop reads, and neither holds more
 * than a pipe's and a row group's worth. Destroying the stream stops DuckDB.
 *
 * @param options.workDir where the pipe is made; it is removed at the end.
 * @throws PenstockError PARQUET_UNREADABLE from `done`, naming the file by `fileId`, when a file is damaged.
 */
export async function openCsvStream(
  engine: ParquetEngine,
  files: readonly FileToLoad[],
  contract: Contract,
  options: { readonly workDir?: string; readonly signal?: AbortSignal } = {},
): Promise<CsvStream> {
  const path = join(options.workDir ?? engine.workDir, `load-${randomUUID()}.csv.pipe`);
  const pipe = await openPipe(path);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  pipe.stream.once('close', () => stop.abort());
  const done = writeAll(engine, files, contract, path, pipe, signal).finally(() => rm(path, { force: true }));
  done.catch(() => {});
  return { stream: pipe.stream, done };
}

async function writeAll(
  engine: ParquetEngine,
  files: readonly FileToLoad[],
  contract: Contract,
  path: string,
  pipe: Pipe,
  signal: AbortSignal,
): Promise<{ fileId: bigint; rows: number }[]> {
  try {
    const counts = await engine.use(async (session) => {
      const out: { fileId: bigint; rows: number }[] = [];
      for (const file of files) out.push(await writeFile(session, file, contract, path));
      return out;
    }, signal);
    pipe.finish();
    return counts;
  } catch (error) {
    pipe.fail(error instanceof Error ? error : new PenstockError(parquetErrors.unreadable));
    throw error;
  }
}

async function writeFile(
  session: ParquetSession,
  { path, fileId }: FileToLoad,
  contract: Contract,
  pipePath: string,
): Promise<{ fileId: bigint; rows: number }> {
  try {
    const [copied] = await session.rows(`copy (select ${rowTextSql(contract)}, ${fileId}::BIGINT
      from ${parquetRelation([path])}) to ${sqlText(pipePath)} (format csv, header false, delim ',', quote '"',
      escape '"', nullstr '', use_tmp_file false)`);
    return { fileId, rows: Number(copied?.['Count']) };
  } catch (error) {
    if (error instanceof PenstockError && error.code === parquetErrors.unreadable.code)
      throw new PenstockError(parquetErrors.unreadable, { ...error.facts, fileId: String(fileId) });
    throw error;
  }
}
