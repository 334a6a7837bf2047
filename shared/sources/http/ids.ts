import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { patternRegExp } from '#shared/pipeline/field-pattern.ts';
import { httpErrors } from './errors.ts';

const SLICE_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_ENTITY_ID = 256;

/** A path segment that every server resolves away, so that another path would be asked. */
const isDots = (id: string): boolean => id === '.' || id === '..';

/**
 * Checks ids of slices by the engine's rule and the listing's own.
 *
 * @param pattern as declared; null for none.
 * @returns gives a good id back. @throws PenstockError HTTP_SLICE_ID_INVALID, without the id.
 */
export function sliceIdCheck(pattern: string | null): (id: string | null, facts: Facts) => string {
  const declared = pattern === null ? undefined : patternRegExp(pattern);
  return (id, facts) => {
    const isGood = id !== null && SLICE_ID.test(id) && !isDots(id) && declared?.test(id) !== false;
    if (!isGood) throw new PenstockError(httpErrors.sliceIdInvalid, facts);
    return id;
  };
}

/** Whether an entity can be asked for by its id in a path. */
export function isAskable(id: string): boolean {
  return id.length <= MAX_ENTITY_ID && !isDots(id) && id.isWellFormed();
}
