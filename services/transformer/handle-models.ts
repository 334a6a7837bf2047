import { LANDING } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelVersions } from '#shared/ledger/model-runs.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { sliceStatuses } from '#shared/ledger/slice-status.ts';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import type { BuildResult } from '#shared/models/build/build-request.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import type { SourceNode } from '#shared/models/project/project.ts';
import { settleSlices } from '#shared/runs/settle-slices.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskOutcome, TaskWork } from '#shared/task-runner/task-runner.ts';
import { ensureBronze } from './ensure-bronze.ts';
import { transformerErrors } from './errors.ts';
import { measureFreshness } from './measure-freshness.ts';
import { recordBuild } from './record-build.ts';
import type { TransformerDeps } from './transformer-deps.ts';

/** Builds a run's layers above bronze, tests them aside, publishes them together. */
export function buildModels(deps: TransformerDeps): TaskWork {
  return async (task, context) => {
    const { signal, log } = context;
    const run = await getRun(deps.ledger, task.runId);
    if (run === undefined) throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline });
    const project = await deps.projects.get(task.pipeline);
    await ensureBronze(deps, task, run, project, signal);
    await publishSlices(deps, run);
    const state = await stateOf(deps, task);
    const result = await buildLayers({
      project,
      warehouse: deps.models,
      adapter: deps.adapter,
      tag: { runId: run.runId, attempt: task.attempt },
      asOf: run.asOf,
      layers: run.layers,
      state,
      fullRefresh: run.kind === 'full_refresh',
      threads: deps.settings.modelThreads,
      batch: batchOf(run),
      signal,
      reached: (step) => deps.probe.reached(step, task.pipeline),
      onEvent: (event) => {
        if (event.kind === 'model-failed')
          log.warn({ model: event.model, reason: event.reason }, 'model failed');
      },
    });
    await recordBuild(deps.ledger, task, project, run.asOf, state, result);
    // What a stream brings was measured when it was merged.
    const isOther = ({ properties }: SourceNode): boolean => properties.source !== LANDING;
    await measureFreshness(deps, task, project, run.asOf, context, isOther);
    return outcomeOf(result);
  };
}

/** A run that is retried publishes anew: what it published before is not what it has now. */
const batchOf = ({ retries }: Run): string => (retries === 0 ? 'models' : `models-${retries}`);

/** What models may say of slices is what this run knows of them. */
async function publishSlices(deps: TransformerDeps, run: Run): Promise<void> {
  await settleSlices(deps, run);
  const statuses = await sliceStatuses(deps.ledger, run.pipeline);
  await deps.warehouse.publishSliceStatus(run.pipeline, statuses);
}

/** Versions as the ledger has them, read before the build: what changes meanwhile makes the next run rebuild. */
async function stateOf(deps: TransformerDeps, task: ClaimedTask): Promise<ModelVersions> {
  const versions = await modelVersions(deps.ledger, task.pipeline);
  return Object.fromEntries(
    [...versions].map(([model, { version, inputVersions, sqlChecksum, asOf }]) => [
      model,
      { version, inputVersions: inputVersions as Record<string, string>, sqlChecksum, asOf },
    ]),
  );
}

function outcomeOf(result: BuildResult): TaskOutcome {
  const named = (status: string): string[] =>
    result.models.filter((model) => model.status === status).map(({ name }) => name);
  const published = named('published');
  const withheld = [...named('failed'), ...named('blocked')];
  if (withheld.length > 0 && published.length === 0) {
    throw new PenstockError(transformerErrors.modelsFailed, { models: withheld.join(', ') });
  }
  const status = published.length === 0 && result.ok ? 'no_changes' : 'succeeded';
  const kept = result.models.flatMap(({ keptCandidate }) => (keptCandidate === null ? [] : [keptCandidate]));
  return { status, result: { published, withheld, kept, alreadyPublished: result.alreadyPublished } };
}
