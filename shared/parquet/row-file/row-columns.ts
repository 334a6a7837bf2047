import type { Contract } from '#shared/pipeline/contract.ts';
import type { Field, ScalarType } from '#shared/pipeline/field.ts';
import {
  HASH_AS_IT_IS,
  HASH_ESCAPED,
  HASH_FIRST_CHARACTER,
  HASH_FOREIGN,
  VALUE_FOREIGN,
} from './assembly/layout.ts';
import { type ColumnType, columnTypeOf, INT64_COLUMN, TEXT_COLUMN } from './column-types.ts';

/** A column of a landing file. */
export interface RowColumn extends ColumnType {
  readonly name: string;
}

/** A contract's own column. */
export interface FieldColumn extends RowColumn {
  /** How its values enter the row hash, `HASH_…`. */
  readonly hash: number;
  readonly type: ScalarType;
  readonly nullable: boolean;
}

/** @returns a contract's columns in order; undefined when one is of a type that the module does not write. */
export function fieldColumns({ fields }: Contract): readonly FieldColumn[] | undefined {
  const columns: FieldColumn[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const { type } = field;
    const column = columnTypeOf(type);
    if (column === undefined || type.kind === 'array') return undefined;
    columns.push({ ...column, name, type, nullable: field.nullable, hash: hashOf(field, column) });
  }
  return columns;
}

/** The engine's own columns, behind the contract's, in the order of `landedColumns`. */
export const SYSTEM_COLUMNS: readonly RowColumn[] = [
  { ...INT64_COLUMN, name: '_cursor' },
  { ...TEXT_COLUMN, name: '_version' },
  { ...TEXT_COLUMN, name: '_row_hash' },
  { ...TEXT_COLUMN, name: '_slice' },
];

/** What a projection has hashed or shaped holds no separator. */
function hashOf({ type, hashed, shape }: Field, { value }: ColumnType): number {
  // A bytes column's canonical text is hashed as it is.
  if (type.kind === 'bytes') return HASH_AS_IT_IS;
  if (value === VALUE_FOREIGN) return HASH_FOREIGN;
  if (type.kind === 'boolean') return HASH_FIRST_CHARACTER;
  const mayHoldAny = (type.kind === 'text' || type.kind === 'json') && hashed !== true && shape === undefined;
  return mayHoldAny ? HASH_ESCAPED : HASH_AS_IT_IS;
}
