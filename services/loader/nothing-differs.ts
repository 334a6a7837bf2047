import { bronzeTableOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { hasOutstandingCopies } from '#shared/ledger/outstanding.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { readKeysAndHashes } from '#shared/parquet/read-keys-and-hashes.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { LocalFile } from '#shared/staging/local-files.ts';
import type { LoaderDeps } from './loader-deps.ts';

/**
 * True when every landed row stands in bronze with the same `_row_hash`: then nothing is loaded or merged.
 *
 * Only while no older copy of the stream can still arrive (a file in quarantine, a window being read or not yet
 * merged by another run): skipping the merge leaves the stored versions where they are, and a delayed older copy
 * would then look newer than what bronze holds.
 */
export async function nothingDiffers(
  deps: LoaderDeps,
  task: ClaimedTask,
  contract: Contract,
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<boolean> {
  const run = await getRun(deps.ledger, task.runId);
  if (run?.kind === 'full_refresh') return false;
  const windowIds = [...new Set(files.map(({ file }) => file.windowId))];
  if (await hasOutstandingCopies(deps.ledger, task.pipeline, task.stream, windowIds)) return false;
  const paths = files.map(({ local }) => local.path);
  const target = bronzeTableOf(task.pipeline, task.stream);
  const differs = deps.engine.use(
    (session) =>
      deps.warehouse.differsFrom(target, contract, readKeysAndHashes(session, paths, contract), { signal }),
    signal,
  );
  return !(await differs);
}
