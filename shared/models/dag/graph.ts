/** A directed graph by name: for each node, what it reads. Every name mentioned is a node. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** For each node, what reads it. */
export function reversed(graph: Graph): Map<string, string[]> {
  const below = new Map<string, string[]>([...graph.keys()].map((name) => [name, []]));
  for (const [name, reads] of graph) for (const read of reads) below.get(read)?.push(name);
  return below;
}

/** Everything reachable from `starts` along `graph`, without the starts unless they are reachable. */
export function reachable(
  graph: Graph,
  starts: Iterable<string>,
  maxSteps = Number.POSITIVE_INFINITY,
): Set<string> {
  const found = new Set<string>();
  let edge = [...starts];
  for (let step = 0; step < maxSteps && edge.length > 0; step += 1) {
    const next: string[] = [];
    for (const name of edge) {
      for (const neighbour of graph.get(name) ?? []) {
        if (found.has(neighbour)) continue;
        found.add(neighbour);
        next.push(neighbour);
      }
    }
    edge = next;
  }
  return found;
}

/** A cycle as `a → b → a`, undefined when there is none. */
export function findCycle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string[] | undefined => {
    const seenAt = path.indexOf(name);
    if (seenAt >= 0) return [...path.slice(seenAt), name];
    if (done.has(name)) return undefined;
    path.push(name);
    for (const read of graph.get(name) ?? []) {
      const cycle = visit(read);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of graph.keys()) {
    const cycle = visit(name);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Names so that everything read comes before its reader; the graph has no cycle. */
export function inOrder(graph: Graph): string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const read of graph.get(name) ?? []) visit(read);
    ordered.push(name);
  };
  for (const name of [...graph.keys()].sort()) visit(name);
  return ordered;
}

/** For each node the length of the longest chain that waits for it, itself included, in nodes. */
export function longestPaths(graph: Graph): Map<string, number> {
  const below = reversed(graph);
  const lengths = new Map<string, number>();
  for (const name of inOrder(graph).reverse()) {
    const longest = Math.max(0, ...(below.get(name) ?? []).map((reader) => lengths.get(reader) ?? 0));
    lengths.set(name, longest + 1);
  }
  return lengths;
}
