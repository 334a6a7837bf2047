import type { Contract } from '#shared/pipeline/contract.ts';
import type { FieldType, ScalarType } from '#shared/pipeline/field.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';

/**
 * The select list that turns a landing file into what `COPY … FROM STDIN (FORMAT csv)` reads, without depending on
 * settings of the reading session: instants carry their offset, bytes are hex, arrays are PostgreSQL literals.
 */
export function rowTextSql(contract: Contract): string {
  const fields = Object.entries(contract.fields).map(([name, field]) =>
    textSql(field.type, quoteIdent(name)),
  );
  return [...fields, '"_cursor"', '"_version"', '"_row_hash"', '"_slice"'].join(', ');
}

function textSql(type: FieldType, value: string): string {
  if (type.kind !== 'array') return scalarTextSql(type, value);
  const element = `case when e is null then 'NULL' else '"' || ${escapedElement(type.of)} || '"' end`;
  const elements = `array_to_string(list_transform(${value}, lambda e: ${element}), ',')`;
  return `case when ${value} is not null then '{' || coalesce(${elements}, '') || '}' end`;
}

function escapedElement(type: ScalarType): string {
  return `replace(replace(${scalarTextSql(type, 'e')}::VARCHAR, '\\', '\\\\'), '"', '\\"')`;
}

/** The timestamp's own text is built without ICU, which takes five times as long. */
function scalarTextSql(type: ScalarType, value: string): string {
  if (type.kind === 'timestamptz') return `(${value} at time zone 'UTC')::VARCHAR || '+00'`;
  if (type.kind === 'bytes') return `'\\x' || lower(hex(${value}))`;
  return value;
}
