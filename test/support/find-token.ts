import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { withClient } from './with-client.ts';

/** Where a secret was found: a file or a table. */
type Place = string;

/**
 * Tables of a database, of every schema that is not the server's own, whose rows hold a token in any column; also as
 * bytes, which show as hex.
 *
 * @param token letters and digits only.
 */
export function tablesWith(url: string, token: string): Promise<Place[]> {
  return withClient(url, async (client) => {
    const tables = await client.query<{ schema: string; name: string }>(
      `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'm', 'v') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2`,
    );
    const found: Place[] = [];
    for (const { schema, name } of tables.rows) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from ${quoteRelation({ schema, name })} as t
         where t::text ilike '%' || $1 || '%' or t::text ilike '%' || encode($1::text::bytea, 'hex') || '%'`,
        [token],
      );
      if ((rows[0]?.n ?? 0) > 0) found.push(`${schema}.${name}`);
    }
    return found;
  });
}

/** Files below a folder that hold a token: in their name, in their bytes, or in a row of a Parquet file. */
export async function filesWith(folder: string, token: string): Promise<Place[]> {
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const found: Place[] = [];
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const isIn =
        path.includes(token) || bytes.includes(token) || bytes.includes(Buffer.from(token, 'utf16le'));
      if (isIn) found.push(`${entry.name}: bytes`);
      if (!entry.name.endsWith('.parquet')) continue;
      const rows = await duckdb.runAndReadAll(
        'select count(*)::int from read_parquet($1) as t where cast(t as varchar) ilike $2',
        [path, `%${token}%`],
      );
      if (rows.getRows()[0]?.[0] !== 0) found.push(`${entry.name}: rows`);
    }
  } finally {
    duckdb.closeSync();
  }
  return found;
}

/** How many rows the Parquet files below a folder hold, so that a search of nothing is not taken for a clean one. */
export async function parquetRows(folder: string): Promise<number> {
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const all = await duckdb.runAndReadAll(
      'select count(*)::int from read_parquet($1, union_by_name = true)',
      [join(folder, '**/*.parquet')],
    );
    return Number(all.getRows()[0]?.[0]);
  } finally {
    duckdb.closeSync();
  }
}
