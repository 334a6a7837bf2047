import { bounded, type RelationName } from '#shared/contracts/names.ts';

/** The attempt of a run that builds; names carry it, so that a superseded attempt's candidates are its own. */
export interface BuildTag {
  readonly runId: string;
  readonly attempt: number;
}

const MAX_BYTES = 63;

const tagText = (tag: BuildTag): string => bounded(`${tag.runId}_${tag.attempt}`, 24);

/**
 * `<name>__c_<run>_<attempt>` in the same schema: built, tested, not yet published.
 *
 * @param maxBytes less than the server's limit where the candidate's own name is to be lengthened.
 */
export function candidateOf(relation: RelationName, tag: BuildTag, maxBytes = MAX_BYTES): RelationName {
  return { schema: relation.schema, name: suffixed(relation.name, `__c_${tagText(tag)}`, maxBytes) };
}

/** `<name>__o_<run>_<attempt>`: what was published until that run replaced it; dropped right after. */
export function retiredOf(relation: RelationName, tag: BuildTag): RelationName {
  return { schema: relation.schema, name: suffixed(relation.name, `__o_${tagText(tag)}`) };
}

/** An index or constraint of a candidate, which gets its stable name at the swap. */
export function candidatePart(stable: string, tag: BuildTag): string {
  return suffixed(stable, `__c_${tagText(tag)}`);
}

/** The same for what is being retired. */
export function retiredPart(stable: string, tag: BuildTag): string {
  return suffixed(stable, `__o_${tagText(tag)}`);
}

/** The suffix always survives the limit, so that leftovers can be listed by it. */
function suffixed(name: string, suffix: string, maxBytes = MAX_BYTES): string {
  return bounded(name, maxBytes - Buffer.byteLength(suffix)) + suffix;
}

/** Room that a materialisation needs after a candidate's name for the names it makes of it, `__dbt_backup` the longest. */
const OWN_SUFFIX_BYTES = 12;

/** Longest name of a candidate that a materialisation builds. */
export const BUILT_CANDIDATE_BYTES = MAX_BYTES - OWN_SUFFIX_BYTES;

/** Whether `name` is a candidate or something retired of the relation called `stable`, whatever its run. */
export function isLeftoverOf(name: string, stable: string): boolean {
  const [, base, suffix] = /^(.+)(__[co]_.+)$/.exec(name) ?? [];
  if (base === undefined || suffix === undefined) return false;
  return [MAX_BYTES, BUILT_CANDIDATE_BYTES].some(
    (limit) => base === bounded(stable, limit - Buffer.byteLength(suffix)),
  );
}

/** Matches both kinds of leftover; the tag is the last group. */
export const LEFTOVER_PATTERN = '^(.+)__([co])_(.+)$';

/** Run and attempt of a leftover's tag; attempt 0 where the tag was too long to keep it. */
export function parseTag(tag: string): BuildTag {
  const found = /^(.*)_(\d+)$/.exec(tag);
  return { runId: found?.[1] ?? tag, attempt: Number(found?.[2] ?? 0) };
}
