import type { ScalarType } from '#shared/pipeline/field.ts';
import { strictJsonSql } from './json-sql.ts';
import { ESCAPED_SEPARATOR, SEPARATOR } from './row-hash.ts';
import { scalarSql } from './scalar-sql.ts';
import { sqlText } from './sql-text.ts';

/**
 * Arrays arrive as JSON text of strings and nulls. Anything else in them — numbers, objects, nested arrays — is
 * not canonical.
 */
export function arrayElementsSql(raw: string): string {
  const flat = `json_structure(${raw}) in ('["VARCHAR"]', '["NULL"]')`;
  return `case when ${strictJsonSql(raw)} then case when ${flat} then from_json(${raw}, '["VARCHAR"]') end end`;
}

/** Elements cast one by one; NULL elements stay NULL. `elements` is an expression of VARCHAR[]. */
export function typedArraySql(elements: string, of: ScalarType): string {
  const sql = scalarSql(of);
  return sql.isText ? elements : `list_transform(${elements}, lambda e: ${sql.typed('e')})`;
}

/** True when every element is NULL or canonical; NULL when the text was no flat array. */
export function canonicalArraySql(elements: string, of: ScalarType): string {
  const sql = scalarSql(of);
  const fails = `e is not null and not coalesce(${sql.canonical('e', sql.typed('e'))}, false)`;
  return `len(list_filter(${elements}, lambda e: ${fails})) = 0`;
}

/** `US a`, then each element after a `US v` (see `row-hash.ts`). */
export function arrayHashTextSql(elements: string, of: ScalarType): string {
  const sql = scalarSql(of);
  const escaped = `replace(${sql.hashText('e', sql.typed('e'))}, ${sqlText(SEPARATOR)}, ${sqlText(ESCAPED_SEPARATOR)})`;
  const element = `${sqlText(`${SEPARATOR}v`)} || coalesce(${escaped}, ${sqlText(`${SEPARATOR}n`)})`;
  return `${sqlText(`${SEPARATOR}a`)} || coalesce(array_to_string(list_transform(${elements}, lambda e: ${element}), ''), '')`;
}
