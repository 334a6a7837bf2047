import type { UnitTestNode } from '../project/other-resources.ts';
import type { ExposureNode, ModelNode, ProjectGraph, TestNode } from '../project/project.ts';

/** Something an invocation can run, by unique id. */
export type Work =
  | { readonly kind: 'model' | 'seed' | 'snapshot'; readonly id: string; readonly node: ModelNode }
  | { readonly kind: 'test'; readonly id: string; readonly node: TestNode }
  | { readonly kind: 'unit_test'; readonly id: string; readonly node: UnitTestNode }
  | { readonly kind: 'exposure'; readonly id: string; readonly node: ExposureNode };

/** What makes a relation. */
export type BuiltWork = Extract<Work, { kind: 'model' | 'seed' | 'snapshot' }>;
export type TestWork = Extract<Work, { kind: 'test' }>;

export const isBuiltWork = (work: Work): work is BuiltWork =>
  work.kind === 'model' || work.kind === 'seed' || work.kind === 'snapshot';

/** Everything runnable of a project, by unique id. */
export function worksOf(graph: ProjectGraph): Map<string, Work> {
  const works = new Map<string, Work>();
  for (const node of graph.models.values()) {
    works.set(node.uniqueId, { kind: node.kind, id: node.uniqueId, node });
  }
  for (const node of graph.tests) works.set(node.uniqueId, { kind: 'test', id: node.uniqueId, node });
  for (const node of graph.unitTests)
    works.set(node.uniqueId, { kind: 'unit_test', id: node.uniqueId, node });
  for (const node of graph.exposures) works.set(node.uniqueId, { kind: 'exposure', id: node.uniqueId, node });
  return works;
}

/** Unique ids of what a node reads, source tables included. */
export function readsOf(
  graph: ProjectGraph,
  node: { refs: readonly string[]; sources: readonly string[] },
): string[] {
  const models = node.refs.flatMap((key) => graph.models.get(key)?.uniqueId ?? []);
  const sources = node.sources.flatMap((key) => graph.sources.get(key)?.uniqueId ?? []);
  return [...models, ...sources];
}
