import { type Graph, reachable, reversed } from '../dag/graph.ts';

export interface WorkGraphOptions {
  /** What each node reads, by id, over the whole project; sources and tests included. */
  readonly reads: Graph;
  /** Those that are to run. */
  readonly selected: ReadonlySet<string>;
  /** Ids of data tests whose failure holds back what hangs below all they read; empty outside of `build`. */
  readonly gates: readonly string[];
  /** Unit tests by the model they are of: they come before it; empty outside of `build`. */
  readonly unitTests: ReadonlyMap<string, readonly string[]>;
}

/**
 * The order among selected nodes: for each, those that have to be done before.
 *
 * Nodes that are not selected still order what is around them, as the original does (`graph.py`, `get_subset_graph`). In a build a
 * test stands between what it reads and everything that needs all of it (`compilation.py`, `add_test_edges`), and a
 * model's unit tests stand between what it reads and itself, one after the other: the first that fails holds back those after it
 * (`task/build.py`, `call_model_and_unit_tests_runner`).
 */
export function workGraph(options: WorkGraphOptions): Map<string, string[]> {
  const { selected } = options;
  const edges = new Map([...options.reads].map(([id, reads]) => [id, new Set(reads)]));
  addGates(options, edges);
  addUnitTests(options, edges);
  const nearest = nearestSelected(edges, selected);
  return new Map([...selected].map((id) => [id, [...nearest(id)].filter((read) => read !== id)]));
}

function addGates({ reads, gates, selected }: WorkGraphOptions, edges: Map<string, Set<string>>): void {
  const isGate = new Set(gates);
  const readers = reversed(new Map([...reads].filter(([id]) => !isGate.has(id))));
  const below = new Map<string, Set<string>>();
  const belowOf = (id: string): Set<string> => {
    const known = below.get(id) ?? reachable(readers, [id]);
    below.set(id, known);
    return known;
  };
  for (const gate of gates) {
    if (!selected.has(gate)) continue;
    const [first, ...others] = reads.get(gate) ?? [];
    if (first === undefined) continue;
    const direct = others.length === 0 ? (readers.get(first) ?? []) : belowOf(first);
    for (const id of direct) {
      if (others.every((other) => belowOf(other).has(id))) edges.get(id)?.add(gate);
    }
  }
}

function addUnitTests({ unitTests }: WorkGraphOptions, edges: Map<string, Set<string>>): void {
  for (const [model, tests] of unitTests) {
    const own = edges.get(model);
    if (own === undefined) continue;
    const before = [...own];
    for (const [at, test] of tests.entries()) {
      edges.set(test, new Set([...before, ...tests.slice(Math.max(0, at - 1), at)]));
      own.add(test);
    }
  }
}

/** For a node the selected ones nearest above it, through those that are not selected. */
function nearestSelected(
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  selected: ReadonlySet<string>,
): (id: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  const nearest = (id: string): ReadonlySet<string> => {
    const before = known.get(id);
    if (before) return before;
    const found = new Set<string>();
    known.set(id, found);
    for (const read of edges.get(id) ?? []) {
      if (selected.has(read)) found.add(read);
      else for (const above of nearest(read)) found.add(above);
    }
    return found;
  };
  return nearest;
}
