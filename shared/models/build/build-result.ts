import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { DependentOutcome } from '../model-warehouse.ts';
import type { ModelVersions, PlannedModel } from '../plan/plan-build.ts';
import { candidateOf } from '../publish/candidate-names.ts';
import type { Building } from './build-model.ts';
import type { BuildPlan } from './build-plan.ts';
import type { ModelProgress } from './build-progress.ts';
import type { BuildResult, ModelResult, ModelStatus } from './build-request.ts';

/** What a publication's marker keeps, for a redelivery to return. */
export interface RecordedOutcome {
  readonly models: readonly ModelResult[];
  /** Versions of the models published, by name. */
  readonly versions: ModelVersions;
}

/** The results of every selected model, as they are once the publication commits. */
export function describeModels(project: LoadedProject, plan: BuildPlan, building: Building): ModelResult[] {
  return plan.models.map((planned) => describe(project, planned, building));
}

function describe(project: LoadedProject, planned: PlannedModel, building: Building): ModelResult {
  const { progress, request } = building;
  const { name } = planned;
  const model = project.graph.models.get(name);
  const { state, reason, rows, startedAt, ms } = progress.of(name);
  const kept = model && state === 'blocked' && progress.hasCandidate(name);
  return {
    name,
    layer: model?.layer ?? '',
    status: STATUS[state],
    reason: reason || planned.reason,
    rows,
    startedAt,
    ms,
    tests: progress.testsOf(name),
    keptCandidate: kept ? quoteRelation(candidateOf(model.relation, request.tag)) : null,
  };
}

const STATUS: Readonly<Record<ModelProgress['state'], ModelStatus>> = {
  waiting: 'skipped',
  candidate: 'published',
  merged: 'published',
  failed: 'failed',
  blocked: 'blocked',
  skipped: 'skipped',
};

/** The result of a build, first time or found done. */
export function resultOf(
  outcome: RecordedOutcome,
  state: ModelVersions,
  dependents: readonly DependentOutcome[],
  alreadyPublished: boolean,
): BuildResult {
  return {
    models: outcome.models,
    newState: { ...state, ...outcome.versions },
    dependents,
    alreadyPublished,
    ok: outcome.models.every(({ status }) => status !== 'failed' && status !== 'blocked'),
  };
}

/** What a marker of this engine's own writing recorded. */
export function recordedOutcome(recorded: Readonly<Record<string, unknown>>): RecordedOutcome {
  const { models, versions } = recorded;
  return { models: (models ?? []) as RecordedOutcome['models'], versions: (versions ?? {}) as ModelVersions };
}
