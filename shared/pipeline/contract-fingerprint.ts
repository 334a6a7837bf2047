import { createHash } from 'node:crypto';
import type { Contract } from './contract.ts';
import { type Field, type FieldType, isShape, type JsonShape } from './field.ts';

/** Order and types of the engine's own columns; part of every fingerprint, since they are part of every file. */
const SYSTEM_SCHEMA = [
  ['_cursor', 'int64', true],
  ['_version', 'text', false],
  ['_row_hash', 'text', false],
  ['_slice', 'text', false],
] as const;

/**
 * sha256 (hex) of what a landing file's schema is made of: names, types, nullability and order of all columns, of the
 * keys within shaped JSON too, and which values are hashes. Checks, descriptions and the contract's version do not
 * enter: files before and after such a change load alike.
 */
export function contractFingerprint(contract: Contract): string {
  const fields = Object.entries(contract.fields).map(([name, field]) => [name, ...signature(field)]);
  return createHash('sha256')
    .update(JSON.stringify([...fields, ...SYSTEM_SCHEMA]))
    .digest('hex');
}

/** Only fields that have a shape or are hashed say more than two words: other fingerprints stay as they ever were. */
function signature(field: Field): unknown[] {
  const plain = [typeName(field.type), field.nullable];
  if (field.hashed === true) return [...plain, 'hashed'];
  return field.shape === undefined ? plain : [...plain, keySignatures(field.shape)];
}

function keySignatures({ keys }: JsonShape): unknown[] {
  return Object.entries(keys).map(([key, part]) =>
    isShape(part) ? [key, keySignatures(part)] : [key, ...signature(part)],
  );
}

/** A type in one word, e.g. `decimal(14,2)`, `array<int64>`. */
export function typeName(type: FieldType): string {
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`;
  return type.kind === 'array' ? `array<${typeName(type.of)}>` : type.kind;
}
