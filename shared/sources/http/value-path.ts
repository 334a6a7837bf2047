import { PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';
import type { EntityOf, RawRow } from './http-source.ts';

/** Follows keys through objects; undefined where one is absent. Own keys only, whatever an answer names them. */
export function keyedValue(value: unknown, keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/**
 * Compiles the path of a value in a row: `state.temperature`, or `^id` in the element around it, `^^id` one further out.
 *
 * @throws PenstockError HTTP_DECLARATION_INVALID.
 */
export function compileValuePath(path: string): (row: RawRow) => unknown {
  const out = /^\^*/.exec(path)?.[0].length ?? 0;
  const keys = path.slice(out).split('.');
  if (keys.some((key) => key === '')) throw new PenstockError(httpErrors.declarationInvalid, { path });
  return ({ value, parents }) => {
    const element = out === 0 ? value : parents[out - 1];
    return keyedValue(element, keys);
  };
}

/** An id as text: a string that is not empty, or a whole number that JSON carries exactly. Else null. */
export function idText(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/**
 * Which entity a row of a stream is about, by the declared field and where the row has it.
 *
 * @throws PenstockError HTTP_DECLARATION_INVALID when the entity's field is filled in by the engine (`$slice`).
 */
export function compileEntityOf(stream: {
  readonly entity: string;
  readonly map: Readonly<Record<string, string>>;
}): EntityOf {
  const path = stream.map[stream.entity] ?? stream.entity;
  if (path.startsWith('$')) throw new PenstockError(httpErrors.declarationInvalid, { entity: stream.entity });
  const read = compileValuePath(path);
  return (row) => idText(read(row));
}
