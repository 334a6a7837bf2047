import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';

/** A column of a Parquet file; the type as DuckDB names it. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
}

const SCALARS: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'integer',
  INTEGER: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric(20, 0)',
  HUGEINT: 'numeric(39, 0)',
  UHUGEINT: 'numeric(39, 0)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  VARCHAR: 'text',
  BLOB: 'bytea',
  DATE: 'date',
  TIME: 'time',
  'TIME WITH TIME ZONE': 'timetz',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  INTERVAL: 'interval',
  UUID: 'uuid',
  JSON: 'jsonb',
};

/** The PostgreSQL type that holds every value of a column; structures and nested lists become `jsonb`. */
export function postgresTypeOf(type: string): string {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal !== null) return `numeric(${decimal[1]}, ${decimal[2]})`;
  if (isStructured(type)) return 'jsonb';
  if (isList(type)) return `${postgresTypeOf(elementOf(type))}[]`;
  return type.startsWith('ENUM(') ? 'text' : (SCALARS[type] ?? 'text');
}

const isList = (type: string): boolean => /\[\d*\]$/.test(type);
const elementOf = (type: string): string => type.replace(/\[\d*\]$/, '');

/** Anything that is neither a scalar nor a list of scalars. */
function isStructured(type: string): boolean {
  if (/^(STRUCT|MAP|UNION)\(/.test(type)) return true;
  return isList(type) && (isList(elementOf(type)) || isStructured(elementOf(type)));
}

/**
 * SQL of DuckDB that writes a column as PostgreSQL reads it from CSV.
 *
 * @param target the column's type in PostgreSQL, as `format_type` names it.
 */
export function csvTextSql({ name, type }: ParquetColumn, target: string): string {
  const column = quoteIdent(name);
  if (isStructured(type) || (isList(type) && /^jsonb?$/.test(target))) return `to_json(${column})::varchar`;
  return isList(type) ? arrayTextSql(column, elementOf(type)) : scalarTextSql(column, type);
}

/** DuckDB writes years before Christ with brackets, bytes with escapes; PostgreSQL reads neither so. */
function scalarTextSql(value: string, type: string): string {
  if (type === 'BLOB') return `'\\x' || lower(hex(${value}))`;
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return `replace(${value}::varchar, ' (BC)', ' BC')`;
  return `${value}::varchar`;
}

/** An array literal with every element quoted, so that none can be taken for NULL, a brace or a comma. */
function arrayTextSql(column: string, element: string): string {
  const text = scalarTextSql('e', element);
  const escaped = `replace(replace(${text}, '\\', '\\\\'), '"', '\\"')`;
  const quoted = `case when e is null then 'NULL' else '"' || ${escaped} || '"' end`;
  return `case when ${column} is not null then
    '{' || coalesce(array_to_string(list_transform(${column}, lambda e: ${quoted}), ','), '') || '}' end`;
}

/** Columns in which PostgreSQL could round: they are looked through before anything is loaded. */
export const holdsNanoseconds = ({ type }: ParquetColumn): boolean => type === 'TIMESTAMP_NS';
