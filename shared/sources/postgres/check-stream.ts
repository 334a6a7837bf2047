import { readFileSync } from 'node:fs';
import pg from 'pg';
import { cursorProblems } from '#shared/pipeline/cursor-problems.ts';
import type { CursorDeclaration } from '#shared/pipeline/declaration.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { type CatalogueType, typeMismatch } from './type-matches.ts';
import type { SourceStream } from './window-query.ts';

const catalogueSql = readFileSync(new URL('catalogue.sql', import.meta.url), 'utf8');

interface CatalogueColumn extends CatalogueType {
  readonly field: string;
  readonly exists: boolean;
  readonly maySelect: boolean;
}

interface CatalogueTable {
  readonly relkind: string;
  readonly may_use_schema: boolean;
  readonly may_select_table: boolean;
  readonly rows_hidden: boolean;
  readonly subscribed: boolean;
  readonly columns: readonly CatalogueColumn[];
}

/** Result types a cursor's expression may have, by OID. */
const CURSOR_OIDS: Readonly<Record<CursorDeclaration['type'], readonly number[]>> = {
  timestamptz: [pg.types.builtins.TIMESTAMPTZ],
  date: [pg.types.builtins.DATE],
  int64: [pg.types.builtins.INT2, pg.types.builtins.INT4, pg.types.builtins.INT8],
};

/** Compares a declared stream with the source's catalogue; every difference in words. */
export async function checkStream(client: pg.ClientBase, stream: SourceStream): Promise<string[]> {
  const { table, contract } = stream;
  const name = `${table.schema}.${table.name}`;
  const fields = Object.keys(contract.fields);
  const { rows } = await client.query<CatalogueTable>(catalogueSql, [table.schema, table.name, fields]);
  const [found] = rows;
  if (found === undefined) return [...cursorProblems(stream), `table ${name} does not exist`];
  const columns = found.columns.flatMap((column) => columnProblems(name, column, stream));
  const problems = [...cursorProblems(stream), ...tableProblems(name, found, stream), ...columns];
  return [...problems, ...(await expressionProblems(client, stream))];
}

function tableProblems(name: string, found: CatalogueTable, stream: SourceStream): string[] {
  const problems: string[] = [];
  if (!found.may_use_schema) problems.push(`no USAGE on schema ${stream.table.schema}`);
  if (found.rows_hidden) problems.push(`row-level security hides rows of ${name} from this role`);
  if (stream.cursor.setBy === 'application') return problems;
  const why = {
    f: 'is a foreign table: another server decides when its rows appear',
    m: 'is a materialized view: rows appear at its refresh, not when their cursor says',
  }[found.relkind];
  if (why !== undefined) problems.push(`${name} ${why}`);
  if (found.subscribed)
    problems.push(`${name} is filled by logical replication: another server set its cursor`);
  return problems;
}

function columnProblems(table: string, column: CatalogueColumn, stream: SourceStream): string[] {
  const name = `${table}.${column.field}`;
  const field = stream.contract.fields[column.field];
  if (field === undefined || !column.exists) return [`column ${name} does not exist`];
  const mismatch = typeMismatch(field.type, column);
  return [
    ...(column.maySelect ? [] : [`no SELECT on ${name}`]),
    ...(mismatch === null ? [] : [`column ${name} ${mismatch}`]),
  ];
}

/** Asks the server itself: it knows the expression's type and what it may read. */
async function expressionProblems(client: pg.ClientBase, stream: SourceStream): Promise<string[]> {
  const { cursor, table } = stream;
  try {
    const query = `SELECT (${cursor.expression}) FROM ${quoteRelation(table)} LIMIT 0`;
    const { fields } = await client.query(query);
    const oid = fields[0]?.dataTypeID ?? 0;
    if (CURSOR_OIDS[cursor.type].includes(oid)) return [];
    return [`the cursor's expression is not of type ${cursor.type} (type OID ${oid})`];
  } catch (error) {
    // A table nobody may read has been listed already.
    if (!(error instanceof pg.DatabaseError)) throw error;
    if (error.code === '42501') return [`no SELECT on what the cursor's expression reads`];
    return [`the cursor's expression is refused (SQLSTATE ${error.code ?? 'unknown'})`];
  }
}
