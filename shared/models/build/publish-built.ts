import type { DependentOutcome, MarkerKey, Swap } from '../model-warehouse.ts';
import type { ModelVersion, ModelVersions } from '../plan/plan-build.ts';
import type { ModelNode } from '../project/project.ts';
import { candidateOf, retiredOf } from '../publish/candidate-names.ts';
import { DEFAULT_LIMITS } from '../publish/default-limits.ts';
import type { Building } from './build-model.ts';
import type { BuildPlan } from './build-plan.ts';
import type { ModelProgress } from './build-progress.ts';
import { describeModels, type RecordedOutcome, recordedOutcome } from './build-result.ts';

/** What a publication did. */
export interface Published {
  readonly outcome: RecordedOutcome;
  readonly dependents: readonly DependentOutcome[];
  readonly alreadyPublished: boolean;
}

/**
 * Publishes every candidate that passed, in one transaction, and tells afterwards what is left: blocked candidates
 * are marked and kept, those that only hung below one are dropped.
 */
export async function publishBuilt(
  building: Building,
  plan: BuildPlan,
  marker: MarkerKey,
): Promise<Published> {
  const { warehouse, tag, limits, signal, onEvent } = building.request;
  const started = performance.now();
  const swaps = modelsIn(building, plan, ['candidate']).map((model) => swapOf(model, building));
  const outcome: RecordedOutcome = {
    models: describeModels(building.request.project, plan, building),
    versions: versionsOf(building, plan),
  };
  await tidyStopped(building, plan);
  if (swaps.length === 0) return { outcome, dependents: [], alreadyPublished: false };
  const result = await warehouse.publish(
    {
      swaps,
      heldBack: modelsIn(building, plan, ['failed', 'blocked', 'skipped']).map(({ relation }) => relation),
      marker,
      outcome: { ...outcome },
      tag,
      limits: { ...DEFAULT_LIMITS, ...limits },
    },
    signal,
  );
  if (result.alreadyDone) {
    // Another delivery of this run was faster: what it published stays, these candidates go.
    await warehouse.drop(swaps.map(({ candidate }) => candidate).reverse());
    return { outcome: recordedOutcome(result.outcome), dependents: [], alreadyPublished: true };
  }
  const ms = Math.round(performance.now() - started);
  onEvent?.({ kind: 'published', models: swaps.map(({ model }) => model), ms });
  return { outcome, dependents: result.dependents, alreadyPublished: false };
}

function swapOf(model: ModelNode, building: Building): Swap {
  const { tag } = building.request;
  return {
    model: model.name,
    kind: model.config.materialized === 'view' ? 'view' : 'table',
    stable: model.relation,
    candidate: candidateOf(model.relation, tag),
    retired: retiredOf(model.relation, tag),
    config: model.config,
  };
}

function modelsIn(
  building: Building,
  plan: BuildPlan,
  states: readonly ModelProgress['state'][],
): ModelNode[] {
  const { request, progress } = building;
  return plan.models.flatMap(({ name }) => {
    const model = request.project.graph.models.get(name);
    return model && states.includes(progress.of(name).state) ? [model] : [];
  });
}

async function tidyStopped(building: Building, plan: BuildPlan): Promise<void> {
  const { request, progress } = building;
  const withCandidate = (state: ModelProgress['state']): ModelNode[] =>
    modelsIn(building, plan, [state]).filter(({ name }) => progress.hasCandidate(name));
  for (const model of withCandidate('blocked')) {
    await request.warehouse.keepFailed(
      candidateOf(model.relation, request.tag),
      progress.of(model.name).reason,
    );
  }
  // The reverse of the order they were built in: a view goes before what it reads.
  const dropped = withCandidate('skipped').map(({ relation }) => candidateOf(relation, request.tag));
  await request.warehouse.drop(dropped.reverse());
}

/** Versions of what this build makes public, by model; a version is new with every publication. */
function versionsOf(building: Building, plan: BuildPlan): ModelVersions {
  const { request } = building;
  const version = `${request.tag.runId}.${request.tag.attempt}.${request.batch ?? 'models'}`;
  const made = modelsIn(building, plan, ['candidate', 'merged']);
  const names = new Set(made.map(({ name }) => name));
  const versions: Record<string, ModelVersion> = {};
  for (const { name } of made) {
    const input = plan.inputs.get(name);
    if (!input) continue;
    const reads = input.reads.map((read) => [
      read,
      names.has(read) ? version : (request.state[read]?.version ?? ''),
    ]);
    versions[name] = {
      version,
      inputVersions: Object.fromEntries(reads),
      sqlChecksum: input.sqlChecksum,
      asOf: input.dependsOnAsOf ? request.asOf : null,
    };
  }
  return versions;
}
