import type { FieldType, ScalarType } from '#shared/pipeline/field.ts';

/** A column as the catalogue describes it, domains resolved to their base type. */
export interface CatalogueType {
  /** `pg_type.typname`, e.g. `int4`, `numeric`, `_text`. */
  readonly name: string;
  /** `pg_type.typtype`: `b` base, `e` enum, `c` composite, `r` range. */
  readonly kind: string;
  /** Element type's name for arrays, else null. */
  readonly element: string | null;
  /** Digits after the point of a `numeric(p, s)`, null where undeclared. */
  readonly scale: number | null;
}

const TEXT_LIKE = ['text', 'varchar', 'bpchar', 'char', 'name', 'citext', 'xml', 'interval', 'inet', 'cidr'];

/** Catalogue types whose every value the contract's type can hold, or reject without rounding. */
const ACCEPTED: Readonly<Record<ScalarType['kind'], readonly string[]>> = {
  text: [...TEXT_LIKE, 'macaddr', 'macaddr8', 'time', 'timetz', 'ltree', 'tsvector', 'bit', 'varbit'],
  int32: ['int2', 'int4'],
  int64: ['int2', 'int4', 'int8', 'oid'],
  float64: ['float4', 'float8'],
  decimal: ['numeric', 'int2', 'int4', 'int8'],
  boolean: ['bool'],
  date: ['date'],
  timestamp: ['timestamp'],
  timestamptz: ['timestamptz'],
  bytes: ['bytea'],
  json: ['json', 'jsonb'],
  uuid: ['uuid'],
};

/** Says in words why values of a column do not fit a contract's type; null when they do. */
export function typeMismatch(declared: FieldType, column: CatalogueType): string | null {
  const array = declared.kind === 'array';
  if (array !== (column.element !== null)) {
    return array ? `is ${column.name}, not an array` : `is an array of ${column.element ?? 'unknown'}`;
  }
  const scalar = array ? declared.of : declared;
  const name = column.element ?? column.name;
  const accepted = ACCEPTED[scalar.kind].includes(name) || (scalar.kind === 'text' && column.kind === 'e');
  if (!accepted) return `is ${name}, which a contract's ${scalar.kind} cannot hold exactly`;
  if (scalar.kind === 'decimal' && (column.scale ?? 0) > scalar.scale) {
    return `has ${column.scale ?? 0} digits after the point, the contract ${scalar.scale}`;
  }
  return null;
}
