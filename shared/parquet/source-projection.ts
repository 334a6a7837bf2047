import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { contractErrors } from '#shared/pipeline/errors.ts';
import type { Field } from '#shared/pipeline/field.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';

/** Session settings under which PostgreSQL prints canonical text. Set them before the COPY, by `SET LOCAL`. */
export const SOURCE_SESSION_SETTINGS: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  client_encoding: 'UTF8',
};

/**
 * The select list of `COPY (select …) TO STDOUT (FORMAT csv)` for a contract: one expression per field, in order.
 * The caller appends the cursor (integer microseconds, or the integer) as last column. Columns of the source have the
 * fields' names.
 *
 * @throws PenstockError CONTRACT_INVALID for shaped or hashed fields: the text goes from the source to the conversion as it is,
 * and nothing on the way would drop or hash what is in it.
 */
export function sourceProjection(contract: Contract): string[] {
  const [name] =
    Object.entries(contract.fields).find(([, one]) => one.shape !== undefined || one.hashed) ?? [];
  if (name !== undefined) {
    const problems = `${name}: a source of SQL rows neither shapes JSON nor hashes text`;
    throw new PenstockError(contractErrors.invalid, { problems });
  }
  return Object.entries(contract.fields).map(([name, field]) => projection(quoteIdent(name), field));
}

/**
 * Arrays travel as JSON text, because a CSV reader cannot take a PostgreSQL array literal apart. An array whose lower
 * bound is not 1 cannot come back as it was; its literal is no JSON and so becomes a reject.
 */
function projection(column: string, field: Field): string {
  if (field.type.kind !== 'array') return column;
  return `case when coalesce(array_lower(${column}, 1), 1) = 1
    then to_json(${column}::text[])::text else ${column}::text end as ${column}`;
}
