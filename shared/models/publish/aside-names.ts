import { bounded, type RelationName } from '#shared/contracts/names.ts';

/**
 * Names under which an invocation outside of pipelines builds. The run stands before the name, not behind it as in pipelines: macros
 * that look relations up by the beginning of their names, to read all of them, must not find a candidate beside what is published.
 */
export interface AsideNames {
  /** `inv<run>_c_<name>`: built, tested, not yet published. */
  readonly candidate: RelationName;
  /** `inv<run>_o_<name>`: what was published until then; dropped right after. */
  readonly retired: RelationName;
}

/** PostgreSQL's limit less what a materialisation appends to make names of its own, `__dbt_backup` the longest. */
const MAX_BYTES = 63 - 12;

const prefixOf = (runId: string, kind: 'c' | 'o'): string => `${runId}_${kind}_`;

/** How the names of a run's candidates begin. */
export const candidatePrefix = (runId: string): string => prefixOf(runId, 'c');

/** A run's id as its names carry it. @param invocationId a UUID. */
export const asideRunId = (invocationId: string): string =>
  `inv${invocationId.replaceAll('-', '').slice(0, 12)}`;

/** @param runId of {@link asideRunId}. */
export function asideNames({ schema, name }: RelationName, runId: string): AsideNames {
  const named = (kind: 'c' | 'o'): RelationName => ({ schema, name: prefixed(prefixOf(runId, kind), name) });
  return { candidate: named('c'), retired: named('o') };
}

/** The prefix always survives the limit, so that leftovers can be listed by it. */
const prefixed = (prefix: string, name: string): string => prefix + bounded(name, MAX_BYTES - prefix.length);

/** Matches both kinds of name; the run is the first group. */
export const ASIDE_PATTERN = '^(inv[0-9a-f]{12})_([co])_.+$';

/** Whether `name` is one of the two of the relation called `stable`, whatever its run. */
export function isAsideOf(name: string, stable: string): boolean {
  const [, runId, kind] = new RegExp(ASIDE_PATTERN).exec(name) ?? [];
  return runId !== undefined && prefixed(prefixOf(runId, kind === 'c' ? 'c' : 'o'), stable) === name;
}
