import type { Settings } from '#shared/config/settings.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { modelVersions } from '#shared/ledger/model-runs.ts';
import { planLayers } from '#shared/models/build/build-plan.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { RunPlan } from '#shared/runs/plan-run.ts';
import { openProjectOf } from '../check/check-projects.ts';

/** What becomes of a model as things stand; rows that a run merges may turn a skip into a build. */
export interface ModelPlan {
  readonly model: string;
  readonly layer: string;
  readonly action: 'build' | 'skip';
  readonly reason: string;
}

/** Plans the models of a run's layers with the versions the ledger has. */
export async function planModels(
  ledger: Ledger,
  settings: Settings,
  pipeline: PipelineDeclaration,
  { layers, asOf }: Pick<RunPlan, 'layers' | 'asOf'>,
): Promise<ModelPlan[]> {
  if (layers.length === 0) return [];
  const project = await openProjectOf(pipeline, settings);
  const state = await stateOf(ledger, pipeline.name);
  const { models } = planLayers({ project, layers, state, asOf });
  return models.map(({ name, action, reason }) => ({
    model: name,
    layer: project.graph.models.get(name)?.layer ?? '',
    action,
    reason,
  }));
}

async function stateOf(ledger: Ledger, pipeline: string): Promise<ModelVersions> {
  const versions = await modelVersions(ledger, pipeline);
  return Object.fromEntries(
    [...versions].map(([model, { version, inputVersions, sqlChecksum, asOf }]) => [
      model,
      { version, inputVersions: inputVersions as Record<string, string>, sqlChecksum, asOf },
    ]),
  );
}
