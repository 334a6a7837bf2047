import type { ScalarType } from '#shared/pipeline/field.ts';
import { strictJsonSql } from './json-sql.ts';

/**
 * One scalar type in DuckDB: how canonical text becomes a value, and when it is canonical. `raw` and `typed` are
 * SQL expressions of the text and of the value cast from it. `canonical` may be NULL for false.
 */
export interface ScalarSql {
  /** True when text and value are one column, so that nothing has to be cast. */
  readonly isText: boolean;
  typed(raw: string): string;
  canonical(raw: string, typed: string): string;
  /** The text that enters the row hash, defined for canonical values only; independent of DuckDB's own formats. */
  hashText(raw: string, typed: string): string;
}

const isItself = (raw: string): string => raw;

/** Reads back exactly as it was written: neither `+5`, ` 5`, `1e5` nor a rounded value does. */
const readsBack = (raw: string, typed: string): string => `${typed}::VARCHAR = ${raw}`;

function textual(canonical: (raw: string) => string): ScalarSql {
  return { isText: true, typed: isItself, canonical, hashText: isItself };
}

function cast(type: string, canonical: (raw: string, typed: string) => string): ScalarSql {
  return { isText: false, typed: (raw) => `try_cast(${raw} as ${type})`, canonical, hashText: isItself };
}

const UUID = `'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'`;
const FLOAT = `'NaN|-?Infinity|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?'`;
const FLOAT_ZERO = `'-?0(?:\\.0+)?(?:e[+-]?[0-9]+)?'`;

/** Years 1 to 9999: rules out BC, later years and the infinities in one comparison each. */
const inYears = (typed: string, type: string): string =>
  `${typed} >= ${type} '0001-01-01' and ${typed} < ${type} '10000-01-01'`;

/** Adding zero turns -0 into 0: a Parquet dictionary keeps only one of them, whichever came first. */
const FLOAT64: ScalarSql = {
  isText: false,
  typed: (raw) => `(try_cast(${raw} as DOUBLE) + 0.0::DOUBLE)`,
  canonical: (raw, typed) => `(regexp_full_match(${raw}, ${FLOAT})
    and (isfinite(${typed}) or ${raw} in ('NaN', 'Infinity', '-Infinity'))
    and (${typed} <> 0 or regexp_full_match(${raw}, ${FLOAT_ZERO})))`,
  hashText: (_, typed) => `format('{:.16e}', ${typed})`,
};

const BOOLEAN: ScalarSql = {
  isText: false,
  typed: (raw) => `try_cast(${raw} as BOOLEAN)`,
  canonical: (raw) => `${raw} in ('t', 'f', 'true', 'false')`,
  hashText: (raw) => `left(${raw}, 1)`,
};

const BYTES: ScalarSql = {
  isText: false,
  typed: (raw) => `case when ${isHex(raw)} then unhex(substr(${raw}, 3)) end`,
  canonical: isHex,
  hashText: isItself,
};

function isHex(raw: string): string {
  return `(strlen(${raw}) % 2 = 0 and regexp_full_match(${raw}, '\\\\x[0-9a-f]*'))`;
}

/** Offsets other than `+00` are not canonical; so the text without it is read as UTC. */
const TIMESTAMPTZ: ScalarSql = {
  isText: false,
  typed: (raw) => `try_cast(${raw} as TIMESTAMP) at time zone 'UTC'`,
  canonical: (raw, typed) => `((${typed} at time zone 'UTC')::VARCHAR || '+00' = ${raw}
    and ${inYears(`(${typed} at time zone 'UTC')`, 'TIMESTAMP')})`,
  hashText: isItself,
};

function decimal(precision: number, scale: number): ScalarSql {
  const fixed = (typed: string): string => fixedDecimalText(typed, precision, scale);
  return {
    isText: false,
    typed: (raw) => `try_cast(${raw} as DECIMAL(${precision},${scale}))`,
    canonical: (raw, typed) => `case when ${fixed(typed)} = ${raw} then true
      else ${withoutZeros(fixed(typed), scale > 0 ? 'true' : 'false')} = ${withoutZeros(raw, `contains(${raw}, '.')`)} end`,
    hashText: (_, typed) => fixed(typed),
  };
}

/** `-0.50`: all digits of the scale and one before the point, which DuckDB leaves out when precision equals scale. */
function fixedDecimalText(typed: string, precision: number, scale: number): string {
  if (precision > scale) return `${typed}::VARCHAR`;
  return `case when ${typed} < 0 then '-0' || substr(${typed}::VARCHAR, 2) else '0' || ${typed}::VARCHAR end`;
}

function withoutZeros(text: string, hasPoint: string): string {
  return `case when ${hasPoint} then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;
}

const SCALARS: Readonly<Record<Exclude<ScalarType['kind'], 'decimal'>, ScalarSql>> = {
  text: textual((raw) => `not contains(${raw}, chr(0))`),
  int32: cast('INTEGER', readsBack),
  int64: cast('BIGINT', readsBack),
  float64: FLOAT64,
  boolean: BOOLEAN,
  date: cast('DATE', (raw, typed) => `(${readsBack(raw, typed)} and ${inYears(typed, 'DATE')})`),
  timestamp: cast(
    'TIMESTAMP',
    (raw, typed) => `(${readsBack(raw, typed)} and ${inYears(typed, 'TIMESTAMP')})`,
  ),
  timestamptz: TIMESTAMPTZ,
  bytes: BYTES,
  json: textual(strictJsonSql),
  uuid: textual((raw) => `regexp_full_match(${raw}, ${UUID})`),
};

/** The SQL of a scalar type. */
export function scalarSql(type: ScalarType): ScalarSql {
  return type.kind === 'decimal' ? decimal(type.precision, type.scale) : SCALARS[type.kind];
}
