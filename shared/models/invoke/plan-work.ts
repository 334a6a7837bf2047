import type { Graph } from '../dag/graph.ts';
import type { ProjectGraph } from '../project/project.ts';
import type { InvocationCommand, InvokeOptions } from './invocation.ts';
import type { WorkKind } from './node-result.ts';
import { selectWork } from './select-work.ts';
import { readsOf, type Work, worksOf } from './work.ts';
import { workGraph } from './work-graph.ts';

/** What an invocation runs, and in which order. */
export interface WorkPlan {
  readonly works: ReadonlyMap<string, Work>;
  readonly graph: Graph;
}

/** What each command runs of what is selected. */
const KINDS: Readonly<Record<InvocationCommand, readonly WorkKind[]>> = {
  build: ['model', 'seed', 'snapshot', 'test', 'unit_test', 'exposure'],
  run: ['model'],
  seed: ['seed'],
  snapshot: ['snapshot'],
  test: ['test', 'unit_test'],
  compile: ['model', 'snapshot', 'test', 'analysis'],
  clone: ['model', 'seed', 'snapshot'],
};

/** Selects, and orders: ephemeral models are no work of their own. */
export async function planWork(
  options: Pick<InvokeOptions, 'project' | 'command' | 'selection'>,
  warn: (message: string) => void = () => undefined,
): Promise<WorkPlan> {
  const { project, command, selection } = options;
  const all = worksOf(project.graph);
  const chosen = await selectWork(project, selection, KINDS[command], { warn });
  const works = new Map([...all].filter(([id, work]) => chosen.has(id) && isWork(work, command)));
  const reads = new Map([...all.values()].map(({ id, node }) => [id, readsOf(project.graph, node)]));
  const gates = command === 'build' ? [...all.values()].filter(({ kind }) => kind === 'test') : [];
  const graph = workGraph({
    reads: withSources(reads),
    selected: new Set(works.keys()),
    gates: gates.map(({ id }) => id),
    unitTests: command === 'build' ? unitTestsOf(works, project.graph) : new Map(),
  });
  return { works, graph: APART.includes(command) ? apart(graph) : graph };
}

/** Unit tests by the model they are of: none but selected ones hold it back. */
function unitTestsOf(works: ReadonlyMap<string, Work>, { models }: ProjectGraph): Map<string, string[]> {
  const tests = new Map<string, string[]>();
  for (const work of works.values()) {
    const model = work.kind === 'unit_test' ? models.get(work.node.model)?.uniqueId : undefined;
    if (model !== undefined) tests.set(model, [...(tests.get(model) ?? []), work.id]);
  }
  return tests;
}

function isWork(work: Work, command: InvocationCommand): boolean {
  return work.kind !== 'model' || work.node.config.materialized !== 'ephemeral' || command === 'compile';
}

/** Every id mentioned is a node of the graph. */
function withSources(reads: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const whole = new Map(reads);
  for (const ids of reads.values()) for (const id of ids) if (!whole.has(id)) whole.set(id, []);
  return whole;
}

/** Tests wait for no other test, clones for nothing. */
const APART: readonly InvocationCommand[] = ['test', 'clone'];

/** The same nodes without any order. */
const apart = (graph: Graph): Map<string, string[]> => new Map([...graph.keys()].map((id) => [id, []]));
