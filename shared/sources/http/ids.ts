import { patternRegExp } from '#shared/pipeline/field-pattern.ts';

const SLICE_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_ENTITY_ID = 256;

/** A path segment that every server resolves away, so that another path would be asked. */
const isDots = (id: string): boolean => id === '.' || id === '..';

/**
 * Compiles the check of slices' ids by the engine's rule and the listing's own.
 *
 * @param pattern as declared; null for none.
 */
export function isSliceId(pattern: string | null): (id: string | null) => id is string {
  const declared = pattern === null ? undefined : patternRegExp(pattern);
  return (id): id is string =>
    id !== null && SLICE_ID.test(id) && !isDots(id) && declared?.test(id) !== false;
}

/** Whether an entity can be asked for by its id in a path. */
export function isAskable(id: string): boolean {
  return id.length <= MAX_ENTITY_ID && !isDots(id) && id.isWellFormed();
}
