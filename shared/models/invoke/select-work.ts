import { selectModels } from '../dag/select.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { SelectionFlags } from './invocation.ts';
import type { WorkKind } from './node-result.ts';
import { readsOf } from './work.ts';

/** What `ls` lists unless told otherwise. */
export const LISTED_KINDS: readonly WorkKind[] = [
  'model',
  'snapshot',
  'seed',
  'test',
  'source',
  'exposure',
  'unit_test',
];

/** Unique ids of what is selected, of these kinds; tests come with what they read. */
export function selectWork(
  { graph }: LoadedProject,
  selection: SelectionFlags,
  asked: readonly WorkKind[],
): Set<string> {
  const kinds = asked.filter((kind) => isAsked(kind, selection));
  if (selection.only !== undefined) return new Set(selection.only);
  const keys = selectModels(graph.models, selection.select);
  for (const key of selection.exclude.length === 0 ? [] : selectModels(graph.models, selection.exclude)) {
    keys.delete(key);
  }
  const models = [...keys].flatMap((key) => graph.models.get(key) ?? []);
  const ids = new Set(models.filter(({ kind }) => kinds.includes(kind)).map(({ uniqueId }) => uniqueId));
  const chosen = new Set(models.map(({ uniqueId }) => uniqueId));
  if (kinds.includes('test')) {
    for (const test of graph.tests) {
      if (selection.select.length === 0 || readsOf(graph, test).some((id) => chosen.has(id)))
        ids.add(test.uniqueId);
    }
  }
  if (kinds.includes('exposure')) {
    for (const exposure of graph.exposures) {
      if (selection.select.length === 0) ids.add(exposure.uniqueId);
    }
  }
  if (kinds.includes('source') && selection.select.length === 0) {
    for (const source of graph.sources.values()) ids.add(source.uniqueId);
  }
  return ids;
}

function isAsked(kind: WorkKind, { resourceTypes = [], excludeResourceTypes = [] }: SelectionFlags): boolean {
  const named = resourceTypes.length === 0 || resourceTypes.includes('all') || resourceTypes.includes(kind);
  return named && !excludeResourceTypes.includes(kind);
}
