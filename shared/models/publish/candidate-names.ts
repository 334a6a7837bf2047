import { bounded, type RelationName } from '#shared/contracts/names.ts';
import { isAsideOf } from './aside-names.ts';

/** The attempt of a run that builds; names carry it, so that a superseded attempt's candidates are its own. */
export interface BuildTag {
  readonly runId: string;
  readonly attempt: number;
}

const MAX_BYTES = 63;

const tagText = (tag: BuildTag): string => bounded(`${tag.runId}_${tag.attempt}`, 24);

/** What every candidate's name holds. */
export const CANDIDATE_MARK = '__c_';

/** `<name>__c_<run>_<attempt>` in the same schema: built, tested, not yet published. */
export function candidateOf(relation: RelationName, tag: BuildTag): RelationName {
  return { schema: relation.schema, name: suffixed(relation.name, CANDIDATE_MARK + tagText(tag)) };
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
function suffixed(name: string, suffix: string): string {
  return bounded(name, MAX_BYTES - Buffer.byteLength(suffix)) + suffix;
}

/** Matches both kinds of leftover of pipelines; the tag is the last group. */
export const LEFTOVER_PATTERN = '^(.+)__([co])_(.+)$';

/** Run and attempt of a leftover's tag; attempt 0 where the tag was too long to keep it. */
export function parseTag(tag: string): BuildTag {
  const found = /^(.*)_(\d+)$/.exec(tag);
  return { runId: found?.[1] ?? tag, attempt: Number(found?.[2] ?? 0) };
}

/** Whether `name` is a candidate or something retired of the relation called `stable`, whatever its run. */
export function isLeftoverOf(name: string, stable: string): boolean {
  const suffix = /^.+(__[co]_.+)$/.exec(name)?.[1];
  if (suffix !== undefined && suffixed(stable, suffix) === name) return true;
  return isAsideOf(name, stable);
}
