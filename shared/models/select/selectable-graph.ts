import { type Graph, reachable, reversed } from '../dag/graph.ts';
import type { SelectableNode } from './selectable-node.ts';

/** The nodes of a project and what each reads, for selection. Ids that are no node are left out. */
export class SelectableGraph {
  readonly nodes: ReadonlyMap<string, SelectableNode>;
  readonly #above: Graph;
  readonly #below: Graph;

  constructor(nodes: Iterable<SelectableNode>) {
    this.nodes = new Map([...nodes].map((node) => [node.uniqueId, node]));
    this.#above = new Map(
      [...this.nodes.values()].map(({ uniqueId, dependsOn }) => [
        uniqueId,
        dependsOn.filter((id) => this.nodes.has(id)),
      ]),
    );
    this.#below = reversed(this.#above);
  }

  above(ids: Iterable<string>, steps?: number): Set<string> {
    return reachable(this.#above, ids, steps);
  }

  below(ids: Iterable<string>, steps?: number): Set<string> {
    return reachable(this.#below, ids, steps);
  }

  /** Everything below, and all that it needs; `ids` included. */
  childrensParents(ids: ReadonlySet<string>): Set<string> {
    const whole = this.below(ids).union(ids);
    return this.above(whole).union(whole);
  }
}
