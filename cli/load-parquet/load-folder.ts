import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import { openParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { loadParquetErrors } from './errors.ts';
import { type LoadedFile, loadFile } from './load-file.ts';

export interface FolderLoad {
  readonly url: string;
  readonly folder: string;
  readonly schema: string;
  readonly createSchema: boolean;
  readonly signal: AbortSignal;
  /** Told of every file once it is committed. */
  readonly onLoaded: (loaded: LoadedFile) => void;
}

/**
 * Appends every `*.parquet` of a folder to the table of its name, in order of name. The first that fails ends it; those
 * before it stay.
 *
 * @throws LOAD_PARQUET_NO_FILES and what `loadFile` throws.
 */
export async function loadFolder(load: FolderLoad): Promise<LoadedFile[]> {
  const files = await parquetFilesOf(load.folder);
  const workDir = await mkdtemp(join(tmpdir(), 'penstock-load-'));
  const client = new pg.Client({
    connectionString: load.url,
    application_name: 'penstock-load-parquet',
    options: '-c TimeZone=UTC -c DateStyle=ISO',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect().catch((error: unknown) => {
      throw toPostgresError(error);
    });
    const engine = await openParquetEngine({ workDir: join(workDir, 'duckdb') });
    try {
      const loaded: LoadedFile[] = [];
      for (const file of files) {
        load.signal.throwIfAborted();
        const one = await loadFile({ ...load, client, engine, workDir }, file, resolve(load.folder, file));
        loaded.push(one);
        load.onLoaded(one);
      }
      return loaded;
    } finally {
      engine.close();
    }
  } finally {
    await client.end().catch(() => {});
    await rm(workDir, { recursive: true, force: true });
  }
}

async function parquetFilesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.parquet')).sort();
  if (files.length === 0) throw new PenstockError(loadParquetErrors.noFiles, { folder });
  return files;
}
