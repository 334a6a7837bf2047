import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { RelationName } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { LedgerFile } from '#shared/ledger/files.ts';
import { modelErrors } from '#shared/models/errors.ts';
import { fetchLocal, type LocalFile, releaseLocal } from '#shared/staging/local-files.ts';
import { stageFiles } from '#shared/staging/stage-files.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TransformerDeps } from './transformer-deps.ts';

const SHORT: readonly string[] = [modelErrors.hashedTableShort.code, modelErrors.hashedTableMissing.code];

/**
 * Merges; should the hashed table be short or gone (an unlogged table is empty after a crash of the database), loads the
 * same files again, from wherever they stand now, and merges once more.
 */
export async function reloadIfShort<T>(
  deps: TransformerDeps,
  task: ClaimedTask,
  batch: { readonly relation: RelationName; readonly files: readonly LedgerFile[] },
  merge: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    if (await deps.warehouse.relationExists(batch.relation)) return await merge();
  } catch (error) {
    if (!(error instanceof PenstockError) || !SHORT.includes(error.code)) throw error;
  }
  deps.log.warn(
    { run: task.runId, stream: task.stream },
    'hashed table is short or gone; loading its files again',
  );
  await reload(deps, task, batch, signal);
  return merge();
}

async function reload(
  deps: TransformerDeps,
  task: ClaimedTask,
  batch: { readonly relation: RelationName; readonly files: readonly LedgerFile[] },
  signal: AbortSignal,
): Promise<void> {
  const stream = pipelineNamed(deps.pipelines, task.pipeline).streams[task.stream];
  if (stream === undefined) throw new PenstockError(taskErrors.unknownPart, { stream: task.stream });
  const local: LocalFile[] = [];
  try {
    for (const file of batch.files) local.push(await fetchLocal(deps, file, signal));
    await stageFiles(deps, batch.relation, stream.contract, local, signal);
  } finally {
    await releaseLocal(local);
  }
}
