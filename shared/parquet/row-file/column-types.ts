import type { FieldType, ScalarType } from '#shared/pipeline/field.ts';
import {
  VALUE_BOOLEAN,
  VALUE_DATE,
  VALUE_FOREIGN,
  VALUE_INSTANT,
  VALUE_INT32,
  VALUE_INT64,
  VALUE_TEXT,
  VALUE_TIME,
} from './assembly/layout.ts';
import { bool, i8, i32, struct, type ThriftField, type ThriftValue } from './thrift-compact.ts';

/** Parquet's physical types, by their numbers in `parquet.thrift`. */
const PHYSICAL = { boolean: 0, int32: 1, int64: 2, double: 5, bytes: 6, fixed: 7 } as const;
/** Bytes of a decimal that no integer holds. */
export const WIDE_DECIMAL_BYTES = 16;

/** How values of one type stand in a file. */
export interface ColumnType {
  /** How the module writes them, `VALUE_…`. */
  readonly value: number;
  /** Parquet's number of the physical type. */
  readonly physical: number;
  /** Fields of the schema element beside name, type and repetition. */
  readonly annotation: readonly ThriftField[];
}

const column = (
  value: number,
  physical: keyof typeof PHYSICAL,
  ...annotation: readonly ThriftField[]
): ColumnType => ({ value, physical: PHYSICAL[physical], annotation });

const CONVERTED_TYPE = 6;
const [SCALE, PRECISION, LOGICAL_TYPE] = [7, 8, 10];
const converted = (number: number): ThriftField => [CONVERTED_TYPE, i32(number)];
const logical = (id: number, value: ThriftValue = struct()): ThriftField => [
  LOGICAL_TYPE,
  struct([id, value]),
];
const MICROS = struct([2, struct()]);
const timestamp = (isUtc: boolean): ThriftField => logical(8, struct([1, bool(isUtc)], [2, MICROS]));

/** Text as UTF-8. */
export const TEXT_COLUMN = column(VALUE_TEXT, 'bytes', converted(0), logical(1));
export const INT64_COLUMN = column(
  VALUE_INT64,
  'int64',
  converted(18),
  logical(10, struct([1, i8(64)], [2, bool(true)])),
);

/** Annotations as `parquet.thrift` numbers them: what DuckDB writes for the same types, so that all readers see the same. */
const COLUMNS: Readonly<Record<Exclude<ScalarType['kind'], 'decimal'>, ColumnType>> = {
  text: TEXT_COLUMN,
  json: TEXT_COLUMN,
  uuid: TEXT_COLUMN,
  int32: column(VALUE_INT32, 'int32', converted(17), logical(10, struct([1, i8(32)], [2, bool(true)]))),
  int64: INT64_COLUMN,
  float64: column(VALUE_FOREIGN, 'double'),
  boolean: column(VALUE_BOOLEAN, 'boolean'),
  date: column(VALUE_DATE, 'int32', converted(6), logical(6)),
  timestamp: column(VALUE_TIME, 'int64', timestamp(false)),
  timestamptz: column(VALUE_INSTANT, 'int64', converted(10), timestamp(true)),
  bytes: column(VALUE_FOREIGN, 'bytes'),
};

/** @returns undefined for arrays, which have levels of their own. */
export function columnTypeOf(type: FieldType): ColumnType | undefined {
  if (type.kind === 'array') return undefined;
  return type.kind === 'decimal' ? decimalColumn(type.precision, type.scale) : COLUMNS[type.kind];
}

function decimalColumn(precision: number, scale: number): ColumnType {
  const annotation: ThriftField[] = [
    converted(5),
    [SCALE, i32(scale)],
    [PRECISION, i32(precision)],
    logical(5, struct([1, i32(scale)], [2, i32(precision)])),
  ];
  if (precision <= 9) return column(VALUE_FOREIGN, 'int32', ...annotation);
  if (precision <= 18) return column(VALUE_FOREIGN, 'int64', ...annotation);
  return column(VALUE_FOREIGN, 'fixed', [2, i32(WIDE_DECIMAL_BYTES)], ...annotation);
}
