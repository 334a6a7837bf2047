import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from './contract.ts';
import { contractErrors } from './errors.ts';
import { type Field, isShape, type JsonShape } from './field.ts';
import { fieldProblems } from './field-problems.ts';

const NAME = /^[a-z][a-z0-9_]*$/;
const MAX_NAME_BYTES = 63;

/**
 * Checks a contract's declaration and freezes it.
 *
 * @param contract `version` a whole number from 1, `fields` in column order, `key` names of non-nullable fields.
 * @returns the contract, deeply frozen.
 * @throws PenstockError CONTRACT_INVALID listing every problem at once.
 */
export function defineContract(contract: Contract): Contract {
  const problems = contractProblems(contract);
  if (problems.length > 0) throw new PenstockError(contractErrors.invalid, { problems: problems.join('; ') });
  return Object.freeze({
    version: contract.version,
    key: Object.freeze([...contract.key]),
    fields: Object.freeze(mapFields(contract.fields, frozenField)),
  });
}

function contractProblems({ version, key, fields }: Contract): string[] {
  const names = Object.keys(fields);
  const out: string[] = [];
  if (!Number.isSafeInteger(version) || version < 1) out.push('version is not a whole number of at least 1');
  if (names.length === 0) out.push('there are no fields');
  for (const [name, field] of Object.entries(fields)) {
    if (!NAME.test(name) || name.length > MAX_NAME_BYTES)
      out.push(
        `${JSON.stringify(name)}: not a name (a-z, 0-9, _; a letter first; at most ${MAX_NAME_BYTES} bytes)`,
      );
    out.push(...fieldProblems(field).map((problem) => `${name}: ${problem}`));
  }
  return [...out, ...keyProblems(key, fields)];
}

function keyProblems(key: readonly string[], fields: Contract['fields']): string[] {
  const out: string[] = [];
  if (key.length === 0) out.push('key is empty');
  if (new Set(key).size < key.length) out.push('key names a field twice');
  for (const name of key) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) out.push(`key: there is no field ${JSON.stringify(name)}`);
    else if (field.nullable) out.push(`key: ${name} is nullable`);
  }
  return out;
}

function frozenField(field: Field): Field {
  const { oneOf, ...checks } = field.checks;
  return Object.freeze({
    ...field,
    ...(field.shape === undefined ? {} : { shape: frozenShape(field.shape) }),
    type: Object.freeze({ ...field.type }),
    checks: Object.freeze(oneOf === undefined ? checks : { ...checks, oneOf: Object.freeze([...oneOf]) }),
  });
}

function frozenShape({ keys }: JsonShape): JsonShape {
  const parts = Object.entries(keys).map(
    ([key, part]) => [key, isShape(part) ? frozenShape(part) : frozenField(part)] as const,
  );
  return Object.freeze({ keys: Object.freeze(Object.fromEntries(parts)) });
}

function mapFields(fields: Contract['fields'], change: (field: Field) => Field): Record<string, Field> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, change(field)]));
}
