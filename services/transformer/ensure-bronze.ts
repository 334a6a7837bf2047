import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { bronzeTableOf, emptyTableOf, LANDING, stableTableOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { recordTempTable } from '#shared/ledger/temp-tables.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { mergeBronze } from '#shared/models/merge-bronze.ts';
import type { TransformerDeps } from './transformer-deps.ts';

/**
 * Makes the bronze tables that no run has brought yet, empty: the first schedule of a pipeline that comes due builds models that
 * also read what others will bring. A stream whose load failed stays as it is; so does one without a bronze model.
 */
export async function ensureBronze(
  deps: TransformerDeps,
  task: ClaimedTask,
  run: Run,
  project: LoadedProject,
  signal: AbortSignal,
): Promise<void> {
  const { streams } = pipelineNamed(deps.pipelines, task.pipeline);
  for (const [stream, { contract }] of Object.entries(streams)) {
    if (run.streams.includes(stream) || !project.graph.models.has(stream)) continue;
    if (await deps.warehouse.relationExists(bronzeTableOf(task.pipeline, stream))) continue;
    const empty = emptyTableOf(task.pipeline, stream, task.runId, task.attempt);
    await recordTempTable(deps.ledger, task, `${empty.schema}.${empty.name}`);
    await deps.warehouse.loadHashedTable(empty, contract, [], { signal });
    await deps.warehouse.swapStable(stableTableOf(task.pipeline, stream), empty, { signal });
    await mergeBronze({
      ...{
        project,
        warehouse: deps.models,
        model: stream,
        source: `${LANDING}.${stream}`,
        hashed: empty,
        stream,
      },
      expectedRowsPerFile: new Map(),
      fileNames: new Map(),
      tag: { runId: run.runId, attempt: task.attempt },
      batch: 'none',
      asOf: run.asOf,
      signal,
    });
  }
}
