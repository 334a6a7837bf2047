import { join, resolve } from 'node:path';
import type { LoadedProject } from '../load/load-project.ts';
import { type IndirectSelection, selectorInvalid } from './criterion.ts';
import type { MatchContext } from './methods/match-context.ts';
import { nearestTo } from './nearest.ts';
import { rootPathsOf, selectableNodes } from './project-nodes.ts';
import { selectNodes } from './select-nodes.ts';
import { SelectableGraph } from './selectable-graph.ts';
import type { SelectableNode } from './selectable-node.ts';
import { parseSelection, type Selection } from './selection.ts';
import { type NamedSelectors, readSelectors } from './selectors-file.ts';
import { currentState } from './state/current-state.ts';
import { readLoadedAt, readPreviousState } from './state/previous-state.ts';
import type { StateComparison } from './state/state-comparison.ts';

export interface ProjectSelection {
  /** Each a text of `--select`; together a union. Empty: everything, or the default of `selectors.yml`. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Name of a selector of `selectors.yml`, in place of both. */
  readonly selector?: string | undefined;
  readonly indirectSelection?: IndirectSelection | undefined;
  /** Folder of an earlier invocation's artifacts; relative to the project. */
  readonly state?: string | undefined;
  /** Folder of this project's own artifacts, default its `target-path`. */
  readonly targetDir?: string | undefined;
}

export interface SelectedProjectNodes {
  /** Unique ids, of any resource type. */
  readonly ids: ReadonlySet<string>;
  /** Nodes of the project by unique id, to filter with. */
  readonly nodes: ReadonlyMap<string, SelectableNode>;
  /** For people: terms that nothing matches, contracts that are broken. */
  readonly warnings: readonly string[];
}

/**
 * What a selection means in a project, tests that come along included.
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID`, `SELECTORS_INVALID`, `MODEL_STATE_MISSING`, `MODEL_STATE_UNREADABLE`,
 * `MODEL_CONTRACT_BROKEN`.
 */
export async function selectProject(
  project: LoadedProject,
  asked: ProjectSelection,
): Promise<SelectedProjectNodes> {
  const { graph: projectGraph } = project;
  const indirect = asked.indirectSelection ?? 'eager';
  const named = await readSelectors(projectGraph.dir, projectGraph.options, indirect);
  const warnings: string[] = [];
  const state = await comparisonOf(project, asked, (warning) => warnings.push(warning));
  const graph = new SelectableGraph(selectableNodes(projectGraph));
  const context: MatchContext = {
    projectName: projectGraph.settings.name,
    rootPaths: rootPathsOf(projectGraph, graph.nodes.values()),
    state,
    named: (name) => selectNodes(graph, namedSelection(named, name), context).ids,
  };
  const { ids, unmatched } = selectNodes(graph, selectionOf(asked, named, indirect), context);
  for (const term of unmatched) warnings.push(describeUnmatched(term, graph.nodes.values()));
  return { ids, nodes: graph.nodes, warnings };
}

function selectionOf(asked: ProjectSelection, named: NamedSelectors, indirect: IndirectSelection): Selection {
  const { select, exclude, selector } = asked;
  if (selector !== undefined) return namedSelection(named, selector);
  if (select.length === 0 && exclude.length === 0 && named.defaultName !== undefined)
    return namedSelection(named, named.defaultName);
  return parseSelection(select, exclude, indirect);
}

function namedSelection({ selections }: NamedSelectors, name: string): Selection {
  const found = selections.get(name);
  if (found !== undefined) return found;
  const near = nearestTo(name, selections.keys());
  const known = near.length > 0 ? near : [...selections.keys()];
  throw selectorInvalid(
    name,
    `selectors.yml defines no such selector; ${known.length > 0 ? `there is ${known.join(', ')}` : 'it defines none'}`,
  );
}

async function comparisonOf(
  project: LoadedProject,
  { state, targetDir }: ProjectSelection,
  warn: (message: string) => void,
): Promise<StateComparison | undefined> {
  if (state === undefined) return undefined;
  const { dir, settings } = project.graph;
  const [previous, loadedAt] = await Promise.all([
    readPreviousState(resolve(dir, state)),
    readLoadedAt(targetDir ?? join(dir, settings.targetPath)),
  ]);
  let current: ReturnType<typeof currentState> | undefined;
  return {
    previous,
    loadedAt,
    warn,
    current: () => {
      current ??= currentState(project);
      return current;
    },
  };
}

/** Says that a term matches nothing, and what it may have meant. */
export function describeUnmatched(term: string, nodes: Iterable<SelectableNode>): string {
  const value = term.slice(term.lastIndexOf(':') + 1).replaceAll(/^[@\d]*\+|\+\d*$|^@/g, '');
  const near = nearestTo(value, namesOf(nodes));
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
  return `the selection '${term}' matches no enabled node${hint}`;
}

function* namesOf(nodes: Iterable<SelectableNode>): Iterable<string> {
  for (const { resourceType, name, sourceName, tags } of nodes) {
    if (resourceType !== 'test') yield sourceName === undefined ? name : `${sourceName}.${name}`;
    yield* tags;
  }
}
