import type { RelationName } from '#shared/contracts/names.ts';

/** Quotes one SQL identifier for PostgreSQL and DuckDB (doubling quotes; a NUL cannot be in one). */
export function quoteIdent(name: string): string {
  if (name.length === 0 || name.includes('\u0000'))
    throw new Error('an SQL identifier is empty or holds a NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes `schema.name`. */
export function quoteRelation(relation: RelationName): string {
  return `${quoteIdent(relation.schema)}.${quoteIdent(relation.name)}`;
}
