import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { landingErrors } from '#shared/landing/errors.ts';
import { finishMoves } from '#shared/ledger/file-moves.ts';
import { getFiles, type LedgerFile, quarantineFile } from '#shared/ledger/files.ts';
import { checkFileFits } from '#shared/parquet/check-file-fits.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { fetchLocal, type LocalFile } from '#shared/staging/local-files.ts';
import { moveFiles } from '#shared/staging/move-files.ts';
import type { LoaderDeps } from './loader-deps.ts';

/** Why a file stops at the door: a code, and where it was seen; never a value. */
type Misfit = { readonly code: string; readonly column?: string; readonly ordinal?: number };

/** Checks every file against ledger and contract. Those that do not fit go whole to quarantine, the others go on. */
export async function checkAtDoor(
  deps: LoaderDeps,
  task: ClaimedTask,
  contract: Contract,
  landed: readonly LedgerFile[],
  signal: AbortSignal,
): Promise<{ readonly good: readonly LocalFile[]; readonly quarantined: number }> {
  const good: LocalFile[] = [];
  let quarantined = 0;
  for (const file of await finishBegunMoves(deps, task, landed)) {
    const checked = await check(deps, contract, file, signal);
    if ('local' in checked) {
      good.push(checked);
      continue;
    }
    await quarantine(deps, task, file, checked);
    quarantined += 1;
  }
  return { good, quarantined };
}

/** What a dead process began to move is moved first: such a file could not go to quarantine. */
async function finishBegunMoves(
  deps: LoaderDeps,
  task: ClaimedTask,
  landed: readonly LedgerFile[],
): Promise<readonly LedgerFile[]> {
  const begun = landed.filter((file) => file.movingTo !== null);
  for (const file of begun) {
    if (file.movingTo !== null) await moveFiles(deps, task, [file.fileId], file.movingTo);
  }
  return begun.length === 0
    ? landed
    : getFiles(
        deps.ledger,
        landed.map(({ fileId }) => fileId),
      );
}

async function check(
  deps: LoaderDeps,
  contract: Contract,
  file: LedgerFile,
  signal: AbortSignal,
): Promise<LocalFile | Misfit> {
  const fetched = await fetchOrMisfit(deps, file, signal);
  if ('code' in fetched) return fetched;
  const verdict = await checkFileFits(deps.engine, fetched.local.path, contract, { rows: file.rows }, signal);
  if (verdict.ok) return fetched;
  await fetched.local.release();
  const { ok: _, ...misfit } = verdict;
  return misfit;
}

/** Only a file's own fault is a misfit; a store that does not answer is tried again. */
async function fetchOrMisfit(
  deps: LoaderDeps,
  file: LedgerFile,
  signal: AbortSignal,
): Promise<LocalFile | Misfit> {
  try {
    return await fetchLocal(deps, file, signal);
  } catch (error) {
    const faults = [landingErrors.objectCorrupt.code, landingErrors.objectMissing.code];
    if (error instanceof PenstockError && faults.includes(error.code)) return { code: error.code };
    throw error;
  }
}

async function quarantine(
  deps: LoaderDeps,
  task: ClaimedTask,
  file: LedgerFile,
  misfit: Misfit,
): Promise<void> {
  await quarantineFile(deps.ledger, task, file.fileId, { ...misfit, origin: file.key });
  // Of a missing object there is nothing to move; only the ledger says where it would be.
  if (misfit.code === landingErrors.objectMissing.code) await finishMoves(deps.ledger, task, [file.fileId]);
  else await moveFiles(deps, task, [file.fileId], 'quarantine');
  deps.metrics.quarantinedFiles.inc({ pipeline: task.pipeline, stream: task.stream });
  deps.log.warn({ run: task.runId, stream: task.stream, file: file.fileId, ...misfit }, 'file quarantined');
}
