import { isMapping } from '../../project/read-yaml.ts';
import type { ArtifactObject } from './previous-state.ts';

type Macros = ReadonlyMap<string, ArtifactObject>;

/**
 * Whether a node calls, however deep, a macro whose text is another than it was, or that is new.
 *
 * The engine's own macros never count: another engine wrote them in its own words, and no author changed them.
 */
export function changedMacros(before: Macros, now: Macros): (node: ArtifactObject) => boolean {
  const changed = new Map<string, boolean>();
  const isChanged = (id: string, macro: ArtifactObject): boolean =>
    !isBuiltIn(macro) && textOf(before.get(id)) !== textOf(macro);
  const reaches = (ids: readonly string[], visited: Set<string>): boolean =>
    ids.some((id) => {
      const macro = now.get(id);
      if (macro === undefined || visited.has(id)) return false;
      visited.add(id);
      const known = changed.get(id);
      if (known !== undefined) return known;
      const found = isChanged(id, macro) || reaches(macrosOf(macro), visited);
      // Within a cycle a "no" may hold only for where it was asked from.
      if (found) changed.set(id, found);
      return found;
    });
  return (node) => reaches(macrosOf(node), new Set());
}

const isBuiltIn = ({ package_name: own }: ArtifactObject): boolean =>
  typeof own === 'string' && ENGINE_PACKAGES.test(own);

/** The built-in macros and those of the original's adapters. */
const ENGINE_PACKAGES = /^dbt(_postgres|_bigquery)?$/;

const textOf = (macro: ArtifactObject | undefined): string | undefined => {
  const sql = macro?.['macro_sql'];
  return typeof sql === 'string' ? sql.trim() : undefined;
};

function macrosOf({ depends_on: depends }: ArtifactObject): string[] {
  const macros = isMapping(depends) ? depends['macros'] : undefined;
  return Array.isArray(macros) ? macros.map(String) : [];
}
