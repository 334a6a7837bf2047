import type { Field, FieldType, ScalarType } from '#shared/pipeline/field.ts';

/** How one contract type is written in each store. */
export interface TypeMapping {
  readonly postgres: string;
  readonly duckdb: string;
  /** Physical type and logical annotation in a landing file. */
  readonly parquet: string;
  readonly bigquery: string;
  /** What differs from what a reader might expect, for the generated reference. */
  readonly note: string;
}

const plain = (
  postgres: string,
  duckdb: string,
  parquet: string,
  bigquery: string,
  note = '',
): TypeMapping => ({ postgres, duckdb, parquet, bigquery, note });

/** The one declaration of types whose mapping needs no parameters. */
export const TYPE_MAPPING: Readonly<Record<Exclude<ScalarType['kind'], 'decimal'>, TypeMapping>> = {
  text: plain('text', 'VARCHAR', 'BYTE_ARRAY (String)', 'STRING', 'NUL is rejected'),
  int32: plain('integer', 'INTEGER', 'INT32', 'INT64'),
  int64: plain('bigint', 'BIGINT', 'INT64', 'INT64'),
  float64: plain(
    'double precision',
    'DOUBLE',
    'DOUBLE',
    'FLOAT64',
    'NaN and infinities are kept; -0 becomes 0, which is equal to it',
  ),
  boolean: plain('boolean', 'BOOLEAN', 'BOOLEAN', 'BOOL'),
  date: plain('date', 'DATE', 'INT32 (Date)', 'DATE', 'years 1 to 9999'),
  timestamp: plain(
    'timestamp',
    'TIMESTAMP',
    'INT64 (Timestamp micros, local)',
    'DATETIME',
    'years 1 to 9999',
  ),
  timestamptz: plain(
    'timestamptz',
    'TIMESTAMP WITH TIME ZONE',
    'INT64 (Timestamp micros, UTC)',
    'TIMESTAMP',
    'years 1 to 9999 in UTC',
  ),
  bytes: plain('bytea', 'BLOB', 'BYTE_ARRAY', 'BYTES'),
  json: plain('json', 'VARCHAR', 'BYTE_ARRAY (String)', 'JSON', 'the text as the source wrote it'),
  uuid: plain(
    'uuid',
    'VARCHAR',
    'BYTE_ARRAY (String)',
    'STRING',
    'text, because BigQuery reads a Parquet UUID as bytes',
  ),
};

/** The mapping of any type, parameters filled in. BigQuery's NUMERIC holds 29 + 9 digits, BIGNUMERIC 38 + 38. */
export function mappingOf(type: FieldType): TypeMapping {
  if (type.kind === 'array') return arrayMapping(mappingOf(type.of));
  if (type.kind !== 'decimal') return TYPE_MAPPING[type.kind];
  const { precision, scale } = type;
  const fitsNumeric = scale <= 9 && precision - scale <= 29;
  return plain(
    `numeric(${precision},${scale})`,
    `DECIMAL(${precision},${scale})`,
    `${decimalStorage(precision)} (Decimal(${precision},${scale}))`,
    `${fitsNumeric ? 'NUMERIC' : 'BIGNUMERIC'}(${precision},${scale})`,
    'never rounded: what does not fit is rejected',
  );
}

function decimalStorage(precision: number): string {
  if (precision <= 9) return 'INT32';
  return precision <= 18 ? 'INT64' : 'FIXED_LEN_BYTE_ARRAY(16)';
}

function arrayMapping(of: TypeMapping): TypeMapping {
  return plain(
    `${of.postgres}[]`,
    `${of.duckdb}[]`,
    `LIST of ${of.parquet}`,
    `ARRAY<${of.bigquery}>`,
    'one dimension, lower bound 1; NULL elements are kept (BigQuery refuses them)',
  );
}

export const postgresTypeOf = (field: Field): string => mappingOf(field.type).postgres;
export const duckdbTypeOf = (field: Field): string => mappingOf(field.type).duckdb;
export const parquetTypeOf = (field: Field): string => mappingOf(field.type).parquet;
export const bigqueryTypeOf = (field: Field): string => mappingOf(field.type).bigquery;
