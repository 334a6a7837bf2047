import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ensureSchema } from '#shared/warehouse/postgres/ensure-schema.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { type ParquetColumn, postgresTypeOf } from './column-types.ts';
import { loadParquetErrors } from './errors.ts';

/** Columns of a table by name, with their types as `format_type` names them; undefined without such a table. */
async function columnsOf(
  client: pg.ClientBase,
  { schema, name }: RelationName,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { rows } = await client.query<{ column: string | null; type: string }>(
    `select a.attname as column, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f')`,
    [schema, name],
  );
  if (rows.length === 0) return undefined;
  return new Map(rows.flatMap(({ column, type }) => (column === null ? [] : [[column, type] as const])));
}

/**
 * Creates schema and table for a file unless they are there; columns that are missing are not added.
 *
 * @param client inside a transaction: two that create one table take turns.
 */
export async function createTable(
  client: pg.ClientBase,
  relation: RelationName,
  columns: readonly ParquetColumn[],
): Promise<void> {
  const list = columns.map(({ name, type }) => `${quoteIdent(name)} ${postgresTypeOf(type)}`).join(', ');
  if ((await columnsOf(client, relation)) !== undefined) return;
  await ensureSchema(client, relation.schema);
  await client.query("select pg_advisory_xact_lock(hashtextextended('penstock:table:' || $1, 0))", [
    quoteRelation(relation),
  ]);
  await client.query(`create table if not exists ${quoteRelation(relation)} (${list})`);
}

/**
 * Types of the table's columns that a file fills.
 *
 * @throws LOAD_PARQUET_NO_TABLE, LOAD_PARQUET_NO_COLUMN naming file and columns.
 */
export async function requireColumns(
  client: pg.ClientBase,
  relation: RelationName,
  file: string,
  columns: readonly ParquetColumn[],
): Promise<ReadonlyMap<string, string>> {
  const there = await columnsOf(client, relation);
  const table = `${relation.schema}.${relation.name}`;
  if (there === undefined) throw new PenstockError(loadParquetErrors.noTable, { file, table });
  const missing = columns.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  if (missing.length === 0) return there;
  throw new PenstockError(loadParquetErrors.noColumn, { file, table, columns: missing.join(', ') });
}
