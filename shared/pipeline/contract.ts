import type { Field } from './field.ts';

/**
 * A stream's fields, declared once. From it come the zod schema, the allowlist, the Parquet schema, the SQL
 * predicate of the bulk path and the table DDL. Nothing outside it is written anywhere.
 */
export interface Contract {
  /** Raised by the author with every change; recorded in each file. */
  readonly version: number;
  /** In column order. Names match `[a-z][a-z0-9_]*`, at most 63 bytes, and never start with `_`. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields whose values together identify a row; all non-nullable. */
  readonly key: readonly string[];
}
