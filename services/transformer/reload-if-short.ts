import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { type RelationName, reloadedTableOf, stableTableOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { LedgerFile } from '#shared/ledger/files.ts';
import { recordTempTable } from '#shared/ledger/temp-tables.ts';
import { modelErrors } from '#shared/models/errors.ts';
import { fetchLocal, type LocalFile, releaseLocal } from '#shared/staging/local-files.ts';
import { stageFiles } from '#shared/staging/stage-files.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TransformerDeps } from './transformer-deps.ts';

const SHORT: readonly string[] = [modelErrors.hashedTableShort.code, modelErrors.hashedTableMissing.code];

/** What a load left for the merge. */
export interface LoadedBatch {
  readonly relation: RelationName;
  readonly files: readonly LedgerFile[];
}

/**
 * Merges; should the hashed table be short or gone (an unlogged table is empty after a crash of the database), loads the
 * same files again, from wherever they stand now, into a table of its own, and merges from that.
 */
export async function reloadIfShort<T>(
  deps: TransformerDeps,
  task: ClaimedTask,
  batch: LoadedBatch,
  merge: (batch: LoadedBatch) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    if (await deps.warehouse.relationExists(batch.relation)) return await merge(batch);
  } catch (error) {
    if (!(error instanceof PenstockError) || !SHORT.includes(error.code)) throw error;
  }
  deps.log.warn(
    { run: task.runId, stream: task.stream },
    'hashed table is short or gone; loading its files again',
  );
  return merge(await reload(deps, task, batch, signal));
}

/** The emptied table cannot be filled in place: the stable relation still reads it. */
async function reload(
  deps: TransformerDeps,
  task: ClaimedTask,
  batch: LoadedBatch,
  signal: AbortSignal,
): Promise<LoadedBatch> {
  const stream = pipelineNamed(deps.pipelines, task.pipeline).streams[task.stream];
  if (stream === undefined) throw new PenstockError(taskErrors.unknownPart, { stream: task.stream });
  const relation = reloadedTableOf(batch.relation, task.attempt);
  await recordTempTable(deps.ledger, task, `${relation.schema}.${relation.name}`);
  const local: LocalFile[] = [];
  try {
    for (const file of batch.files) local.push(await fetchLocal(deps, file, signal));
    await stageFiles(deps, relation, stream.contract, local, signal);
  } finally {
    await releaseLocal(local);
  }
  await deps.warehouse.swapStable(stableTableOf(task.pipeline, task.stream), relation, { signal });
  return { ...batch, relation };
}
