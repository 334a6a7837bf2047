import { mkdir } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance, type JS } from '@duckdb/node-api';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { duckdbFailure } from './duckdb-failure.ts';
import { parquetErrors } from './errors.ts';

/** Bounds of one process's bulk conversions, shared by all of them. */
export interface ParquetEngineSettings {
  /** Folder for spilled data; created when missing, never shared with another process. */
  readonly workDir: string;
  /** Default 2. */
  readonly threads?: number;
  /** Memory DuckDB may take, in MiB, default 256. */
  readonly memoryLimitMb?: number;
}

/** One row of a result, by column name, as plain JavaScript values (64-bit integers as `bigint`). */
export type ResultRow = Readonly<Record<string, JS>>;

/** A connection that fails with catalogued errors. */
export interface ParquetSession {
  rows(sql: string): Promise<ResultRow[]>;
  /** The same in batches of about 2000 rows, never all in memory. */
  batches(sql: string): AsyncIterable<ResultRow[]>;
}

/** The in-memory DuckDB of a process. */
export interface ParquetEngine {
  readonly workDir: string;
  /** Runs `work` on a connection of its own, interrupted when `signal` aborts. */
  use<T>(work: (session: ParquetSession) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Idempotent; waits for nobody, so stop the work first. */
  close(): void;
}

/** Opens an engine. Nothing is ever loaded from the network. */
export async function openParquetEngine(settings: ParquetEngineSettings): Promise<ParquetEngine> {
  await mkdir(settings.workDir, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(settings.threads ?? 2),
    memory_limit: `${settings.memoryLimitMb ?? 256}MiB`,
    temp_directory: settings.workDir,
    // Order inside a file carries no meaning, and keeping it costs memory; what numbers rows says so itself.
    preserve_insertion_order: 'false',
    // It tells versions of a file apart by size and time of change, which two quick writes can share.
    enable_external_file_cache: 'false',
    // Freed memory goes back to the system at once; otherwise the process grows by half over the first parts.
    allocator_flush_threshold: '8MiB',
    allocator_bulk_deallocation_flush_threshold: '8MiB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  let closed = false;
  return {
    workDir: settings.workDir,
    async use(work, signal) {
      if (closed) throw new PenstockError(parquetErrors.engineClosed);
      return withConnection(instance, work, signal);
    },
    close() {
      if (!closed) instance.closeSync();
      closed = true;
    },
  };
}

async function withConnection<T>(
  instance: DuckDBInstance,
  work: (session: ParquetSession) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  throwIfAborted(signal);
  const connection = await instance.connect();
  const release = interruptOnAbort(connection, signal);
  try {
    await connection.run("set TimeZone = 'UTC'");
    return await work(sessionOn(connection, signal));
  } finally {
    release();
    connection.closeSync();
  }
}

/** A query that waits for a thread forgets an interrupt when it begins, so it is repeated until the work has ended. */
const INTERRUPT_EVERY_MS = 50;

function interruptOnAbort(connection: DuckDBConnection, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    timer = setTimeout(interrupt, INTERRUPT_EVERY_MS);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal?.removeEventListener('abort', interrupt);
    clearTimeout(timer);
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new PenstockError(parquetErrors.aborted);
}

function sessionOn(connection: DuckDBConnection, signal: AbortSignal | undefined): ParquetSession {
  return {
    async rows(sql) {
      throwIfAborted(signal);
      try {
        const reader = await connection.runAndReadAll(sql);
        return reader.getRowObjectsJS() as ResultRow[];
      } catch (error) {
        throw duckdbFailure(error, signal);
      }
    },
    async *batches(sql) {
      throwIfAborted(signal);
      try {
        const result = await connection.stream(sql);
        for await (const rows of result.yieldRowObjectJs()) yield rows as ResultRow[];
      } catch (error) {
        throw error instanceof PenstockError ? error : duckdbFailure(error, signal);
      }
    },
  };
}
