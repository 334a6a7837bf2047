import type { Contract } from '#shared/pipeline/contract.ts';
import type { Field, FieldChecks, FieldType } from '#shared/pipeline/field.ts';
import { excludesControlCharacters, patternBody } from '#shared/pipeline/field-pattern.ts';
import type { RejectCode } from '#shared/pipeline/reject-codes.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { arrayElementsSql, arrayHashTextSql, canonicalArraySql, typedArraySql } from './array-sql.ts';
import { ESCAPED_SEPARATOR, FIELD_SEPARATOR, NULL_TEXT, SEPARATOR } from './row-hash.ts';
import { scalarSql } from './scalar-sql.ts';
import { sqlText } from './sql-text.ts';
import { mappingOf } from './type-mapping.ts';

/** One check of one column as SQL that is true when the value passes (false or NULL when it does not). */
export interface ColumnCheck {
  readonly column: string;
  readonly code: RejectCode;
  readonly passes: string;
  /** Implied by a later check of the same column: needed to name the reason, not to tell good rows. */
  readonly implied: boolean;
}

/**
 * A contract compiled to DuckDB SQL in two levels. The inner level reads raw text columns (`"name"`) and adds cast
 * ones (`"name#"`) so that each cast happens once; the outer one checks, hashes and names the result.
 */
export interface ContractSql {
  /** Inner select list beside the raw columns. */
  readonly casts: readonly string[];
  /** Outer select list: the contract's columns, typed and named, in order. */
  readonly columns: readonly string[];
  readonly checks: readonly ColumnCheck[];
  readonly rowHash: string;
}

interface FieldSql {
  readonly casts: readonly string[];
  readonly value: string;
  readonly canonical: string;
  readonly hashText: string;
}

/**
 * Compiles a contract.
 *
 * @param isJudged every row has passed its checks before, by a projection: then a value is only looked at for being there, and
 * for what its cast made of it. Judging 100,000 states twice took a fifth of their conversion.
 */
export function contractSql(contract: Contract, isJudged = false): ContractSql {
  const checksOf = isJudged ? castChecks : columnChecks;
  const fields = Object.entries(contract.fields).map(([name, field]) => ({
    name,
    field,
    sql: fieldSql(name, field),
  }));
  const parts = fields.map(({ sql, field }) => hashPart(sql.hashText, field));
  return {
    casts: fields.flatMap(({ sql }) => sql.casts),
    columns: fields.map(({ name, sql }) => `${sql.value} as ${quoteIdent(name)}`),
    checks: fields.flatMap(({ name, field, sql }) => checksOf(name, field, sql)),
    rowHash: `md5(concat_ws(${sqlText(FIELD_SEPARATOR)}, ${parts.join(', ')}))`,
  };
}

function fieldSql(name: string, { type, shape, hashed }: Field): FieldSql {
  const raw = quoteIdent(name);
  if (hashed === true) return asWritten(raw, `regexp_full_match(${raw}, '[0-9a-f]{64}')`);
  // True for any text, NULL for NULL.
  if (shape !== undefined) return asWritten(raw, `(${raw} is not null or null)`);
  if (type.kind === 'array') {
    const [elements, typed] = [quoteIdent(`${name}#e`), quoteIdent(`${name}#`)];
    const list = arrayElementsSql(raw);
    return {
      casts: [`${list} as ${elements}`, `${typedArraySql(list, type.of)} as ${typed}`],
      value: typed,
      canonical: canonicalArraySql(elements, type.of),
      hashText: `case when ${raw} is not null then ${arrayHashTextSql(elements, type.of)} end`,
    };
  }
  const sql = scalarSql(type);
  const typed = sql.isText ? raw : quoteIdent(`${name}#`);
  return {
    casts: sql.isText ? [] : [`${sql.typed(raw)} as ${typed}`],
    value: typed,
    canonical: sql.canonical(raw, typed),
    hashText: sql.hashText(raw, typed),
  };
}

/**
 * Shaped JSON is not judged again: only a projection writes it (`shared/pipeline/project-row.ts`), key by key, and
 * parsing it once more took a fifth of a conversion. Sources that send their own text may not declare a shape.
 */
function asWritten(raw: string, canonical: string): FieldSql {
  return { casts: [], value: raw, canonical, hashText: raw };
}

/** Looking for the separator costs a twentieth of replacing it, and it is almost never there. */
function escapedSql(text: string): string {
  const [from, to] = [sqlText(SEPARATOR), sqlText(ESCAPED_SEPARATOR)];
  return `case when contains(${text}, ${from}) then replace(${text}, ${from}, ${to}) else ${text} end`;
}

/** A value's part of the hash text. Escaping is left out where no value can hold the separator. */
function hashPart(hashText: string, field: Field): string {
  const escaped = isTextual(field) && !hasNoControls(field.checks) ? escapedSql(hashText) : hashText;
  return field.nullable ? `coalesce(${escaped}, ${sqlText(NULL_TEXT)})` : escaped;
}

/**
 * JSON text may hold no raw control character inside strings, but DuckDB and V8 agree on that only nearly. What a
 * projection wrote holds none.
 */
function isTextual({ type, shape, hashed }: Field): boolean {
  if (shape !== undefined || hashed === true) return false;
  return type.kind === 'text' || type.kind === 'json';
}

function hasNoControls({ pattern, oneOf }: FieldChecks): boolean {
  if (pattern !== undefined && excludesControlCharacters(pattern)) return true;
  return oneOf?.every((text) => [...text].every((character) => character >= ' ')) ?? false;
}

function columnChecks(name: string, field: Field, sql: FieldSql): ColumnCheck[] {
  const raw = quoteIdent(name);
  // Cheaper than OR, for which DuckDB merges two selections. A check of NULL is NULL.
  const whenPresent = (passes: string): string =>
    field.nullable ? `coalesce(${passes}, ${raw} is null)` : passes;
  const checks: [RejectCode, string][] = [['type', sql.canonical], ...furtherChecks(field, raw, sql.value)];
  const required: ColumnCheck = {
    column: name,
    code: 'required',
    passes: `${raw} is not null`,
    implied: true,
  };
  const others = checks.map(([code, passes]) => ({
    column: name,
    code,
    passes: whenPresent(passes),
    implied: code === 'type' && field.type.kind === 'text' && hasNoControls(field.checks),
  }));
  return field.nullable ? others : [required, ...others];
}

/** Values that are text need no cast. */
function castChecks(name: string, { nullable }: Field, { value }: FieldSql): ColumnCheck[] {
  const raw = quoteIdent(name);
  const check = (code: RejectCode, passes: string): ColumnCheck => ({
    column: name,
    code,
    passes,
    implied: false,
  });
  const casts = value === raw ? [] : [check('type', `(${value} is not null or ${raw} is null)`)];
  return nullable ? casts : [check('required', `${raw} is not null`), ...casts];
}

/** A hashed field's checks were of the text before. */
function furtherChecks({ type, checks, hashed }: Field, raw: string, value: string): [RejectCode, string][] {
  if (hashed === true) return [];
  const { min, max, minLength, maxLength, pattern, oneOf } = checks;
  const length = type.kind === 'bytes' ? `octet_length(${value})` : `length(${raw})`;
  const out: [RejectCode, string][] = [];
  const notNan = type.kind === 'float64' ? ` and not isnan(${value})` : '';
  if (min !== undefined) out.push(['min', `(${value} >= ${boundSql(type, min)}${notNan})`]);
  if (max !== undefined) out.push(['max', `(${value} <= ${boundSql(type, max)}${notNan})`]);
  if (minLength !== undefined) out.push(['min-length', `${length} >= ${minLength}`]);
  if (maxLength !== undefined) out.push(['max-length', `${length} <= ${maxLength}`]);
  if (pattern !== undefined)
    out.push(['pattern', `regexp_full_match(${raw}, ${sqlText(patternBody(pattern))})`]);
  if (oneOf !== undefined) out.push(['one-of', `${raw} in (${oneOf.map(sqlText).join(', ')})`]);
  return out;
}

/** A bound as a value of the column's own type, so that nothing is compared as float. */
function boundSql(type: FieldType, text: string): string {
  if (type.kind === 'timestamptz')
    return `(TIMESTAMP ${sqlText(text.replace(/\+00$/, ''))} at time zone 'UTC')`;
  return `${sqlText(text)}::${mappingOf(type).duckdb}`;
}
