import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { RunScope } from '../compile/render-scope.ts';
import { runGraph } from '../dag/run-graph.ts';
import type { MarkerKey } from '../model-warehouse.ts';
import type { ModelVersions } from '../plan/plan-build.ts';
import type { ModelNode, TestNode } from '../project/project.ts';
import { runTest } from '../tests/run-tests.ts';
import { type Building, buildModel, compileOptions } from './build-model.ts';
import { type BuildPlan, executionGraph, planLayers, testKey } from './build-plan.ts';
import { BuildProgress, judgedBy } from './build-progress.ts';
import type { BuildRequest, BuildResult } from './build-request.ts';
import { recordedOutcome, resultOf } from './build-result.ts';
import { modelsInPlace } from './models-in-place.ts';
import { publishBuilt } from './publish-built.ts';
import { passesUnitTests } from './run-unit-tests.ts';
import { whileConnected } from './while-connected.ts';

/**
 * Builds the models of some layers, tests them aside and publishes them together.
 *
 * Write, audit, publish: tables and views are built under names that carry the run, `ref()` resolves to these
 * candidates, blocking tests run on them, and all that passed become public in one transaction. What failed, and
 * what hangs below it, stays as it was. Incremental models are merged and audited in one transaction each.
 *
 * Repeating it is safe: a publication that was committed is found by its marker and returned as it was.
 *
 * @returns what became of every selected model; failures of models and tests are results.
 * @throws PenstockError of the server, retryable; `PUBLISH_LOCKED`; `PUBLISH_REFUSED`; TemplateError while planning;
 *   the signal's reason after an abort.
 */
export async function buildLayers(asked: BuildRequest): Promise<BuildResult> {
  const { warehouse, tag, signal } = asked;
  const marker: MarkerKey = { runId: tag.runId, stream: 'publish', batch: asked.batch ?? 'models' };
  const recorded = await warehouse.outcomeOf(marker);
  if (recorded) return resultOf(recordedOutcome(recorded), asked.state, [], true);
  const request = { ...asked, state: await withoutLost(asked) };
  const plan = planLayers(request);
  const building = await prepare(request, plan);
  await execute(building, plan);
  signal?.throwIfAborted();
  if (building.progress.interruption) throw building.progress.interruption;
  await request.reached?.('models.tested');
  const { outcome, dependents, alreadyPublished } = await publishBuilt(building, plan, marker);
  await request.reached?.('models.published');
  return resultOf(outcome, request.state, dependents, alreadyPublished);
}

/** Of unlogged tables that a crash emptied nothing is known any more, so that they are built again. */
async function withoutLost({ project, warehouse, state }: BuildRequest): Promise<ModelVersions> {
  const unlogged = [...project.graph.models.values()].filter(({ config }) => config.unlogged);
  if (unlogged.length === 0) return state;
  const lost = new Set((await warehouse.lost(unlogged.map(({ relation }) => relation))).map(quoteRelation));
  const names = unlogged.filter(({ relation }) => lost.has(quoteRelation(relation))).map(({ name }) => name);
  return Object.fromEntries(Object.entries(state).filter(([name]) => !names.includes(name)));
}

async function prepare(request: BuildRequest, plan: BuildPlan): Promise<Building> {
  const { warehouse, tag, asOf } = request;
  const models = plannedModels(request, plan);
  const schemas = [...new Set(models.map(({ relation }) => relation.schema))];
  await warehouse.ensureSchemas(schemas);
  await dropEarlierAttempts(request, schemas);
  const inPlace = await modelsInPlace(request, plan);
  const audits = new Map<string, TestNode[]>();
  for (const test of plan.tests) {
    const { name = '' } = test.subject ?? {};
    if (inPlace.has(name)) audits.set(name, [...(audits.get(name) ?? []), test]);
  }
  const { modelGraph } = executionGraph(plan, []);
  const run: RunScope = {
    asOf,
    runId: tag.runId,
    runStartedAt: new Date().toISOString(),
    invocationId: `${tag.runId}_${tag.attempt}`,
  };
  return { request, run, progress: new BuildProgress(modelGraph), inputs: plan.inputs, audits, inPlace };
}

function plannedModels(request: BuildRequest, plan: BuildPlan): ModelNode[] {
  return plan.models.flatMap(({ name, action }) => {
    const model = request.project.graph.models.get(name);
    return action === 'build' && model ? [model] : [];
  });
}

/** An earlier attempt of this run is superseded; were it still alive, it fails on its missing candidates. */
async function dropEarlierAttempts(request: BuildRequest, schemas: readonly string[]): Promise<void> {
  const { warehouse, tag } = request;
  const leftovers = await warehouse.leftovers(schemas);
  const own = leftovers.filter(({ runId, attempt }) => runId === tag.runId && attempt < tag.attempt);
  await warehouse.drop(own.map(({ relation }) => relation));
}

/** Runs models and tests in the order of the graph, as many at once as there are threads. */
async function execute(building: Building, plan: BuildPlan): Promise<void> {
  const { request, audits, progress } = building;
  const audited = new Set([...audits.values()].flat());
  const tests = plan.tests.filter((test) => !audited.has(test));
  const byKey = new Map(tests.map((test) => [testKey(test), test]));
  const { graph } = executionGraph(plan, tests);
  await runGraph({
    graph,
    threads: request.threads,
    signal: request.signal,
    run: async (key) => {
      if (progress.interruption) return;
      const test = byKey.get(key);
      if (test) await executeTest(building, test);
      else await executeModel(building, plan, key);
    },
  });
  if (!request.signal?.aborted) await request.reached?.('models.built');
  progress.skipBelowStopped();
}

async function executeModel(building: Building, plan: BuildPlan, name: string): Promise<void> {
  const { request, progress } = building;
  const model = request.project.graph.models.get(name);
  const planned = plan.models.find((entry) => entry.name === name);
  if (!model || !planned || planned.reason === 'no changes') return;
  const obstacle = progress.obstacleAbove(name);
  if (obstacle !== undefined)
    return progress.set(name, { state: 'skipped', reason: `above it: ${obstacle}` });
  if (!(await passesUnitTests(building, model, planned.reason))) return;
  request.onEvent?.({ kind: 'model-started', model: name, reason: planned.reason });
  await buildModel(building, model);
}

/** A test runs when everything it reads is there: candidates of this run, or what is published. */
async function executeTest(building: Building, test: TestNode): Promise<void> {
  const { request, progress } = building;
  const { project, warehouse, signal } = request;
  const isBuilt = (name: string): boolean =>
    progress.hasCandidate(name) || progress.of(name).state === 'merged';
  const judged = judgedBy(test, isBuilt);
  const stopped = test.refs.some((ref) => ['failed', 'skipped'].includes(progress.of(ref).state));
  if (judged.length === 0 || stopped) return;
  try {
    const options = compileOptions(building, test.label);
    const result = await runTest(
      project,
      test,
      options,
      (sql) => warehouse.runTest(sql, signal),
      (work) => whileConnected(request, test.label, work),
    );
    progress.judge(judged, result);
    request.onEvent?.({ kind: 'test-finished', models: judged, result });
  } catch (error) {
    progress.interruption ??= error;
  }
}
