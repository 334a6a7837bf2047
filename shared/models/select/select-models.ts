import type { ProjectGraph } from '../project/project.ts';
import { selectorInvalid } from './criterion.ts';
import type { MatchContext } from './methods/match-context.ts';
import { rootPathsOf, selectableModels } from './project-nodes.ts';
import { selectNodes } from './select-nodes.ts';
import { describeUnmatched } from './select-project.ts';
import { SelectableGraph } from './selectable-graph.ts';
import { parseSelection } from './selection.ts';

/**
 * Keys of the models, seeds and snapshots that a pipeline's selection means; an empty one means all. Stricter than a foreign project's: what
 * matches nothing is a mistake.
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID` for a term that cannot be read or matches nothing.
 */
export function selectModels(graph: ProjectGraph, selection: readonly string[]): Set<string> {
  if (selection.length === 0) return new Set(graph.models.keys());
  const nodes = new SelectableGraph(selectableModels(graph));
  const context: MatchContext = {
    projectName: graph.settings.name,
    rootPaths: rootPathsOf(graph, nodes.nodes.values()),
    named: (name) => {
      throw selectorInvalid(name, 'a pipeline has no selectors.yml');
    },
  };
  const { ids, unmatched } = selectNodes(nodes, parseSelection(selection, []), context);
  const [first] = unmatched;
  if (first !== undefined) throw selectorInvalid(first, describeUnmatched(first, nodes.nodes.values()));
  const models = [...graph.models.values()].filter(({ uniqueId }) => ids.has(uniqueId));
  return new Set(models.map(({ key }) => key));
}
