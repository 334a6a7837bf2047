import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { bronzeTableOf, hashedTableOf, type RelationName, stableTableOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { markMerged, unmergedFiles } from '#shared/ledger/files.ts';
import { recordTempTable } from '#shared/ledger/temp-tables.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { type LocalFile, releaseLocal } from '#shared/staging/local-files.ts';
import { moveFiles } from '#shared/staging/move-files.ts';
import { stageFiles } from '#shared/staging/stage-files.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskContext, TaskOutcome, TaskWork } from '#shared/task-runner/task-runner.ts';
import { checkAtDoor } from './check-at-door.ts';
import type { LoaderDeps } from './loader-deps.ts';
import { nothingDiffers } from './nothing-differs.ts';

/** Brings every landed, unmerged file of a stream, whatever run landed it, into this run's hashed table. */
export function loadStream(deps: LoaderDeps): TaskWork {
  return async (task, context) => {
    const contract = contractOf(deps, task);
    const landed = await unmergedFiles(deps.ledger, task.pipeline, task.stream);
    if (landed.length === 0) return loadNothing(deps, task, contract, context);
    await deps.probe.reached('load.started', task.stream);
    const { good, quarantined } = await checkAtDoor(deps, task, contract, landed, context.signal);
    try {
      return await loadGood(deps, task, contract, good, quarantined, context);
    } finally {
      await releaseLocal(good);
    }
  };
}

/** A stream whose first load brought no row still gets its tables, empty, so that what reads them can be built. */
async function loadNothing(
  deps: LoaderDeps,
  task: ClaimedTask,
  contract: Contract,
  { signal }: TaskContext,
): Promise<TaskOutcome> {
  const hasBronze = await deps.warehouse.relationExists(bronzeTableOf(task.pipeline, task.stream));
  if (hasBronze) return { status: 'no_changes', result: { files: [] } };
  const relation = await fillHashedTable(deps, task, contract, [], signal);
  return { status: 'succeeded', result: { relation: { ...relation }, files: [], rows: 0, quarantined: 0 } };
}

function contractOf(deps: LoaderDeps, task: ClaimedTask): Contract {
  const stream = pipelineNamed(deps.pipelines, task.pipeline).streams[task.stream];
  if (stream !== undefined) return stream.contract;
  throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline, stream: task.stream });
}

async function loadGood(
  deps: LoaderDeps,
  task: ClaimedTask,
  contract: Contract,
  good: readonly LocalFile[],
  quarantined: number,
  { signal, log }: TaskContext,
): Promise<TaskOutcome> {
  const files = good.map(({ file }) => file.fileId);
  const rows = good.reduce((total, { file }) => total + file.rows, 0);
  if (good.length === 0) return { status: 'no_changes', result: { files, quarantined } };
  if (await nothingDiffers(deps, task, contract, good, signal)) {
    await moveFiles(deps, task, files, 'archive');
    await markMerged(deps.ledger, task, files);
    return { status: 'no_changes', result: { files: [], compared: files.length, rows, quarantined } };
  }
  const relation = await fillHashedTable(deps, task, contract, good, signal);
  await moveFiles(deps, task, files, 'archive');
  await deps.probe.reached('load.archived', task.stream);
  log.info({ files: files.length, rows, quarantined }, 'stream loaded');
  deps.metrics.rows.inc({ step: 'load', pipeline: task.pipeline, stream: task.stream }, rows);
  return { status: 'succeeded', result: { relation: { ...relation }, files, rows, quarantined } };
}

async function fillHashedTable(
  deps: LoaderDeps,
  task: ClaimedTask,
  contract: Contract,
  good: readonly LocalFile[],
  signal: AbortSignal,
): Promise<RelationName> {
  const relation = hashedTableOf(task.pipeline, task.stream, task.runId, task.attempt);
  await recordTempTable(deps.ledger, task, `${relation.schema}.${relation.name}`);
  const midLoad = () => deps.probe.reached('load.mid-load', task.stream);
  await stageFiles({ ...deps, onFile: midLoad }, relation, contract, good, signal);
  await deps.warehouse.swapStable(stableTableOf(task.pipeline, task.stream), relation, { signal });
  await deps.probe.reached('load.loaded', task.stream);
  return relation;
}
