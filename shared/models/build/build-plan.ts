import { fingerprint } from '../compile/fingerprint.ts';
import { type Graph, inOrder, reachable, reversed } from '../dag/graph.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { type ModelVersions, type PlanInput, type PlannedModel, planBuild } from '../plan/plan-build.ts';
import type { TestNode } from '../project/project.ts';
import { selectModels } from '../select/select-models.ts';

/** What a build will do, before anything is done. */
export interface BuildPlan {
  /** Every selected model with its decision, in the order of the graph. */
  readonly models: readonly PlannedModel[];
  /** Checksum and reads of each selected model; ephemeral models are looked through. */
  readonly inputs: ReadonlyMap<string, PlanInput>;
  /** Tests that concern a model being built. */
  readonly tests: readonly TestNode[];
}

export interface PlanRequest {
  readonly project: LoadedProject;
  readonly layers?: readonly string[];
  readonly select?: readonly string[];
  readonly state: ModelVersions;
  readonly asOf: string;
  readonly fullRefresh?: boolean;
}

/**
 * Plans a build from the project and the state alone; `penstock plan` prints it.
 *
 * @throws TemplateError of a model that does not compile; PenstockError `MODEL_SELECTOR_INVALID`.
 */
export function planLayers(request: PlanRequest): BuildPlan {
  const { project, state, asOf } = request;
  const chosen = selectModels(project.graph, request.select ?? []);
  const graph = relationGraph(project);
  const inputs = new Map<string, PlanInput>();
  for (const name of inOrder(graph)) {
    const model = project.graph.models.get(name);
    if (!model || !chosen.has(name) || !isBuiltHere(model.layer, model.config.versionColumn, request.layers))
      continue;
    inputs.set(name, { name, reads: graph.get(name) ?? [], ...fingerprint(project, name) });
  }
  const models = planBuild([...inputs.values()], state, asOf, request.fullRefresh);
  const built = new Set(models.filter(({ action }) => action === 'build').map(({ name }) => name));
  return {
    models,
    inputs,
    tests: project.graph.tests.filter((test) => test.refs.some((ref) => built.has(ref))),
  };
}

/** Versioned models are written by their own merge, batch by batch, never from here. Seeds belong to whatever layer reads them. */
function isBuiltHere(
  layer: string,
  versionColumn: string | undefined,
  layers: readonly string[] | undefined,
): boolean {
  const asked = layers === undefined || layers.includes(layer) || layer === 'seeds';
  return versionColumn === undefined && asked;
}

/** Models and seeds with a relation and what each reads; an ephemeral model stands for what it reads itself. */
export function relationGraph(project: LoadedProject): Graph {
  const { models } = project.graph;
  const isEphemeral = (name: string): boolean => models.get(name)?.config.materialized === 'ephemeral';
  const through = (names: readonly string[]): string[] =>
    names.flatMap((name) => (isEphemeral(name) ? through(models.get(name)?.refs ?? []) : [name]));
  const relations = [...models.values()].filter(({ name }) => !isEphemeral(name));
  return new Map(relations.map(({ name, refs }) => [name, [...new Set(through(refs))].sort()]));
}

/** Key of a test among the nodes of a build. */
export const testKey = (test: TestNode): string => `test:${test.label}`;

/**
 * Models to build and tests to run as one graph. A test waits for the models it reads; a model waits for the tests
 * of everything above it that need nothing beside or below it, so that nothing is built on rows known to be bad.
 */
export function executionGraph(
  plan: BuildPlan,
  tests: readonly TestNode[],
): { graph: Map<string, string[]>; modelGraph: Graph } {
  const built = new Set(plan.models.filter(({ action }) => action === 'build').map(({ name }) => name));
  const modelGraph = new Map(
    [...built].map((name) => [name, (plan.inputs.get(name)?.reads ?? []).filter((read) => built.has(read))]),
  );
  const graph = new Map([...modelGraph].map(([name, reads]) => [name, [...reads]]));
  const below = reversed(modelGraph);
  const above = new Map([...built].map((name) => [name, reachable(modelGraph, [name])]));
  for (const test of tests) {
    const reads = test.refs.filter((ref) => built.has(ref));
    graph.set(testKey(test), reads);
    for (const reader of reachable(below, reads)) {
      if (reads.every((read) => above.get(reader)?.has(read))) graph.get(reader)?.push(testKey(test));
    }
  }
  return { graph, modelGraph };
}
