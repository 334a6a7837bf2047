import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { MarkForms } from './mark-forms.ts';

/** What a search of files came to. */
export interface FileSearch {
  /** `name`, `bytes` or `rows` of a file: which of them holds a mark. */
  readonly found: readonly string[];
  readonly files: number;
  readonly bytes: number;
  /** Of Parquet files; in their bytes a mark may be compressed. */
  readonly rows: number;
}

/** Searches every file below a folder: its path, its bytes, and its rows where it is Parquet. Files may vanish meanwhile. */
export async function searchFiles(folder: string, forms: MarkForms): Promise<FileSearch> {
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const found: string[] = [];
  const searched = { files: 0, bytes: 0, rows: 0 };
  try {
    for (const path of await pathsBelow(folder)) {
      const name = relative(folder, path);
      const bytes = await readFile(path).catch(ifThere);
      if (bytes === undefined) continue;
      searched.files += 1;
      searched.bytes += bytes.length;
      if (forms.isIn(name)) found.push(`name ${name}`);
      if (forms.isInBytes(bytes)) found.push(`bytes ${name}`);
      if (!name.endsWith('.parquet')) continue;
      const rows = await parquetRows(duckdb, path, forms);
      searched.rows += rows.all;
      if (rows.marked > 0) found.push(`rows ${name}`);
    }
  } finally {
    duckdb.closeSync();
  }
  return { found, ...searched };
}

async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifThere);
  return (entries ?? []).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

function ifThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** A file that a killed process left half-written has no rows, and its bytes have been looked at. */
async function parquetRows(
  duckdb: DuckDBConnection,
  path: string,
  { caseless, base64 }: MarkForms,
): Promise<{ readonly all: number; readonly marked: number }> {
  const text = 'cast(t as varchar)';
  const sql = `select count(*)::int, (count(*) filter (
      where regexp_matches(${text}, $2, 'i') or regexp_matches(${text}, $3)))::int from read_parquet($1) as t`;
  try {
    const [row = []] = (await duckdb.runAndReadAll(sql, [path, caseless, base64])).getRows();
    return { all: Number(row[0]), marked: Number(row[1]) };
  } catch (error) {
    if (/No magic bytes|too small to be a Parquet|No files found/.test(String(error)))
      return { all: 0, marked: 0 };
    throw error;
  }
}
