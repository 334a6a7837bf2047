import type { ProjectGraph, TestNode } from '../project/project.ts';

/** What is asked of a project for each of its nodes, found once. */
export interface GraphIndex {
  /** Data tests by the key of the model, seed or snapshot they are declared on. */
  readonly testsOf: ReadonlyMap<string, readonly TestNode[]>;
  /** Latest versions by `<package>.<name>`, of models that have versions. */
  readonly latestVersions: ReadonlyMap<string, string>;
}

const known = new WeakMap<ProjectGraph, GraphIndex>();

/** The index of a project; a graph never changes. */
export function graphIndex(graph: ProjectGraph): GraphIndex {
  const found = known.get(graph) ?? indexOf(graph);
  known.set(graph, found);
  return found;
}

function indexOf(graph: ProjectGraph): GraphIndex {
  const testsOf = new Map<string, TestNode[]>();
  for (const test of graph.tests) {
    if (test.subject?.kind !== 'ref') continue;
    const tests = testsOf.get(test.subject.key);
    if (tests === undefined) testsOf.set(test.subject.key, [test]);
    else tests.push(test);
  }
  const latest = [...graph.models.values()].flatMap(({ packageName, name, version, isLatestVersion }) =>
    version !== undefined && isLatestVersion ? [[`${packageName}.${name}`, version] as const] : [],
  );
  return { testsOf, latestVersions: new Map(latest) };
}
