import type { ErrorDefinition } from './penstock-error.ts';

const catalogue = new Map<string, ErrorDefinition>();

/**
 * Declares the errors of one module and enters them into the catalogue.
 *
 * @param definitions by a local name; the `code` inside must be unique in the whole product.
 * @returns the definitions unchanged, for `new PenstockError(errors.x, facts)`.
 * @throws Error when a code is declared twice.
 */
export function defineErrors<T extends Record<string, ErrorDefinition>>(definitions: T): T {
  for (const definition of Object.values(definitions)) {
    if (catalogue.has(definition.code)) throw new Error(`error code ${definition.code} is declared twice`);
    catalogue.set(definition.code, definition);
  }
  return definitions;
}

/** Every error declared by the modules imported so far, sorted by code. */
export function errorCatalogue(): ErrorDefinition[] {
  return [...catalogue.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}
