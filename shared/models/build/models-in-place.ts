import type { ModelNode } from '../project/project.ts';
import type { BuildPlan } from './build-plan.ts';
import type { BuildRequest } from './build-request.ts';

/** Incremental models that are merged into; the others planned are built aside, whole. */
export async function modelsInPlace(request: BuildRequest, plan: BuildPlan): Promise<Set<string>> {
  const inPlace = new Set<string>();
  // In the order of the graph: how an input is built is known before what reads it.
  for (const { name, action } of plan.models) {
    const model = request.project.graph.models.get(name);
    if (action !== 'build' || model?.config.materialized !== 'incremental') continue;
    const { fullRefresh, rebuildable } = model.config;
    if (fullRefresh ?? request.fullRefresh ?? false) continue;
    if (rebuildable && !onlyMergesChanged(request, plan, inPlace, model)) continue;
    if (await request.warehouse.isTable({ stable: model.relation, config: model.config })) inPlace.add(name);
  }
  return inPlace;
}

/**
 * Whether nothing but merges of this build into its inputs happened since a model was built. What was built whole may have other rows
 * anywhere, and says of none of them that they are new. How an input changed in an earlier build, which did not reach the model, is not
 * known any more. Bronze is merged into always.
 */
function onlyMergesChanged(
  { project, state }: BuildRequest,
  plan: BuildPlan,
  inPlace: ReadonlySet<string>,
  { name }: ModelNode,
): boolean {
  const known = state[name];
  const input = plan.inputs.get(name);
  if (known === undefined || input === undefined || known.sqlChecksum !== input.sqlChecksum) return false;
  return input.reads.every((read) => {
    if (project.graph.models.get(read)?.config.versionColumn !== undefined) return true;
    const isBuiltNow = plan.models.some((one) => one.name === read && one.action === 'build');
    return (!isBuiltNow || inPlace.has(read)) && state[read]?.version === known.inputVersions[read];
  });
}
