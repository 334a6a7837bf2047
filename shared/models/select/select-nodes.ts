import type { Criterion, IndirectSelection } from './criterion.ts';
import type { MatchContext } from './methods/match-context.ts';
import { matcherOf } from './methods/methods.ts';
import type { SelectableGraph } from './selectable-graph.ts';
import type { SelectableNode } from './selectable-node.ts';
import type { Selection, SelectionGroup } from './selection.ts';

/** What a selection means, and the terms that nothing came of. */
export interface SelectedNodes {
  /** Unique ids, of any resource type. */
  readonly ids: ReadonlySet<string>;
  /** As written. */
  readonly unmatched: readonly string[];
}

/** Nodes chosen, and tests that may yet come along when all they read is chosen. */
interface Chosen {
  readonly direct: ReadonlySet<string>;
  readonly indirect: ReadonlySet<string>;
}

/**
 * The nodes that a selection means; tests come with what they read, as each part of the selection says (`graph/selector.py`).
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID` for a method that does not exist or a value it does not take,
 * `MODEL_STATE_MISSING` for a method that compares with an earlier invocation when none is given.
 */
export function selectNodes(
  graph: SelectableGraph,
  selection: Selection,
  context: MatchContext,
): SelectedNodes {
  const unmatched: string[] = [];
  const { direct } = chosenBy({ graph, context, unmatched }, selection);
  return { ids: direct, unmatched };
}

interface Choosing {
  readonly graph: SelectableGraph;
  readonly context: MatchContext;
  readonly unmatched: string[];
}

function chosenBy(choosing: Choosing, selection: Selection): Chosen {
  return selection.kind === 'criterion' ? byCriterion(choosing, selection) : byGroup(choosing, selection);
}

function byCriterion({ graph, context }: Choosing, criterion: Criterion): Chosen {
  const matches = matcherOf(criterion, context);
  const matched = new Set<string>();
  for (const node of graph.nodes.values()) if (matches(node)) matched.add(node.uniqueId);
  const { above, below, childrensParents, indirect } = criterion;
  const selected = matched
    .union(above > 0 ? graph.above(matched, above) : matched)
    .union(below > 0 ? graph.below(matched, below) : matched)
    .union(childrensParents ? graph.childrensParents(matched) : matched);
  return withTests(graph, selected, indirect);
}

/** Adds the tests of what is selected. */
function withTests(graph: SelectableGraph, selected: ReadonlySet<string>, mode: IndirectSelection): Chosen {
  const direct = new Set(selected);
  const indirect = new Set<string>();
  if (mode === 'empty') return { direct, indirect };
  const enough = mode === 'buildable' ? withParentsAndSources(graph, selected) : selected;
  for (const id of graph.below(selected, 1)) {
    const node = graph.nodes.get(id);
    if (!node || !isTest(node)) continue;
    if (mode === 'eager' || readsOnly(node, enough)) direct.add(id);
    else indirect.add(id);
  }
  return { direct, indirect };
}

function withParentsAndSources(graph: SelectableGraph, selected: ReadonlySet<string>): Set<string> {
  const sources = [...graph.nodes.values()].filter(({ resourceType }) => resourceType === 'source');
  return selected.union(graph.above(selected)).union(new Set(sources.map(({ uniqueId }) => uniqueId)));
}

function byGroup(choosing: Choosing, group: SelectionGroup): Chosen {
  const chosen = group.parts.map((part) => chosenBy(choosing, part));
  const direct = combined(
    group.kind,
    chosen.map((part) => part.direct),
  );
  const indirect = combined(
    group.kind,
    chosen.map((part) => part.direct.union(part.indirect)),
  );
  const all = withCompletedTests(choosing.graph, direct, indirect, group.indirect);
  if (group.expected !== undefined && all.size === 0) choosing.unmatched.push(group.expected);
  return { direct: all, indirect };
}

/** Tests that were left over, when now all they read is selected. */
function withCompletedTests(
  graph: SelectableGraph,
  direct: ReadonlySet<string>,
  indirect: ReadonlySet<string>,
  mode: IndirectSelection,
): ReadonlySet<string> {
  if (mode === 'eager' || mode === 'empty') return direct;
  const selected = new Set(direct);
  const enough = mode === 'buildable' ? selected.union(graph.above(direct)) : selected;
  for (const id of indirect) {
    const node = graph.nodes.get(id);
    if (node && isManifestNode(node) && readsOnly(node, enough)) selected.add(id);
  }
  return selected;
}

function combined(kind: SelectionGroup['kind'], sets: readonly ReadonlySet<string>[]): Set<string> {
  const [first, ...others] = sets;
  let result = new Set(first);
  for (const other of others) {
    if (kind === 'union') result = result.union(other);
    else result = kind === 'intersection' ? result.intersection(other) : result.difference(other);
  }
  return result;
}

const isTest = ({ resourceType }: SelectableNode): boolean =>
  resourceType === 'test' || resourceType === 'unit_test';

/** Unit tests read one model, so they are never left over. */
const isManifestNode = ({ resourceType }: SelectableNode): boolean =>
  resourceType !== 'unit_test' && resourceType !== 'source' && resourceType !== 'exposure';

const readsOnly = ({ dependsOn }: SelectableNode, ids: ReadonlySet<string>): boolean =>
  dependsOn.every((id) => ids.has(id));
