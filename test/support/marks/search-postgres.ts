import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { withClient } from '../with-client.ts';
import type { MarkForms } from './mark-forms.ts';

/** What a search of a database came to. */
export interface DatabaseSearch {
  /** Relations with a row that holds a mark, `schema.name`. */
  readonly found: readonly string[];
  readonly relations: number;
  readonly rows: number;
}

/** Names, comments, definitions, statements: what a server knows besides rows. */
const SERVER_RELATIONS = [
  ...[
    'pg_attribute',
    'pg_class',
    'pg_constraint',
    'pg_database',
    'pg_description',
    'pg_namespace',
    'pg_proc',
  ],
  ...['pg_roles', 'pg_sequences', 'pg_shdescription', 'pg_stat_activity', 'pg_stats', 'pg_type', 'pg_views'],
];

/** Searches every table and view of a database, and what the server says of it. */
export function searchPostgres(url: string, { caseless, base64 }: MarkForms): Promise<DatabaseSearch> {
  return withClient(url, async (client) => {
    const found: string[] = [];
    let rows = 0;
    const relations = await relationsOf(client);
    for (const relation of relations) {
      const counted = await countIn(client, relation, [caseless, base64]);
      rows += counted.all;
      if (counted.marked > 0) found.push(`${relation.schema}.${relation.name}`);
    }
    return { found, relations: relations.length, rows };
  });
}

interface Relation {
  readonly schema: string;
  readonly name: string;
}

/** A temp table may be dropped before its turn comes. */
async function countIn(
  client: pg.Client,
  relation: Relation,
  forms: readonly string[],
): Promise<{ readonly all: number; readonly marked: number }> {
  const sql = `select count(*)::int as all, (count(*) filter (where t::text ~* $1 or t::text ~ $2))::int as marked
    from ${quoteRelation(relation)} as t`;
  try {
    const { rows } = await client.query<{ all: number; marked: number }>(sql, [...forms]);
    return rows[0] ?? { all: 0, marked: 0 };
  } catch (error) {
    if ((error as pg.DatabaseError).code === '42P01') return { all: 0, marked: 0 };
    throw error;
  }
}

async function relationsOf(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        or c.relname = 'pg_stat_statements'
     order by 1, 2`,
  );
  return [...rows, ...SERVER_RELATIONS.map((name) => ({ schema: 'pg_catalog', name }))];
}

/** What a search of the write-ahead log came to. */
export interface LogSearch {
  readonly found: readonly string[];
  readonly bytes: number;
}

/**
 * Searches the write-ahead log of a server on this machine: every row and job since an instant is in it, also those
 * deleted since.
 */
export async function searchWal(url: string, sinceMs: number, forms: MarkForms): Promise<LogSearch> {
  const folder = await withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return join(rows[0]?.data_directory ?? '', 'pg_wal');
  });
  const found: string[] = [];
  let bytes = 0;
  for (const name of (await readdir(folder)).filter((one) => /^[0-9A-F]{24}$/.test(one))) {
    const path = join(folder, name);
    const changedMs = await stat(path).then(
      (one) => one.mtimeMs,
      () => 0,
    );
    if (changedMs < sinceMs) continue;
    const segment = await readFile(path).catch(() => Buffer.alloc(0));
    bytes += segment.length;
    if (forms.isInBytes(segment)) found.push(name);
  }
  return { found, bytes };
}
