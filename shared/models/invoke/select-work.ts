import type { LoadedProject } from '../load/load-project.ts';
import { selectProject } from '../select/select-project.ts';
import type { SelectionFlags } from './invocation.ts';
import type { WorkKind } from './node-result.ts';

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

export interface SelectWorkOptions {
  /** Nodes whose file says nothing are listed, never run. */
  readonly includeEmpty?: boolean;
  /** Told of terms that match nothing and of contracts that are broken. */
  readonly warn?: (message: string) => void;
}

/**
 * Unique ids of what is selected, of these kinds; tests come with what they read.
 *
 * @throws PenstockError as {@link selectProject}.
 */
export async function selectWork(
  project: LoadedProject,
  selection: SelectionFlags,
  asked: readonly WorkKind[],
  { includeEmpty = false, warn = () => undefined }: SelectWorkOptions = {},
): Promise<Set<string>> {
  if (selection.only !== undefined) return new Set(selection.only);
  const kinds = new Set<string>(asked.filter((kind) => isAsked(kind, selection)));
  const { ids, nodes, warnings } = await selectProject(project, selection);
  for (const warning of warnings) warn(warning);
  const chosen = [...ids].flatMap((id) => nodes.get(id) ?? []);
  const kept = chosen.filter(
    ({ resourceType, isEmpty }) => kinds.has(resourceType) && (includeEmpty || isEmpty !== true),
  );
  return new Set(kept.map(({ uniqueId }) => uniqueId));
}

function isAsked(kind: WorkKind, { resourceTypes = [], excludeResourceTypes = [] }: SelectionFlags): boolean {
  const named = resourceTypes.length === 0 || resourceTypes.includes('all') || resourceTypes.includes(kind);
  return named && !excludeResourceTypes.includes(kind);
}
