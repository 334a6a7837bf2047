import type { Place } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import { beginMoves, finishMoves } from '#shared/ledger/file-moves.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { StepProbe } from '#shared/lifecycle/step-probe.ts';
import { identityOf } from './local-files.ts';

/**
 * Brings files to another place: the ledger notes the intention, the bytes move, the ledger notes the arrival. Each
 * step may be repeated, so a process may die at any of them.
 */
export async function moveFiles(
  stores: { readonly ledger: Ledger; readonly landing: LandingStore; readonly probe: StepProbe },
  task: ClaimedTask,
  fileIds: readonly string[],
  to: Place,
): Promise<void> {
  if (fileIds.length === 0) return;
  for (const move of await beginMoves(stores.ledger, task, fileIds, to)) {
    // A quarantined file may be corrupt or cut short: it moves as it is.
    await stores.landing.move(move.key, move.toKey, to === 'quarantine' ? 'as-is' : identityOf(move));
    await stores.probe.reached('load.file-moved', task.stream);
    await finishMoves(stores.ledger, task, [move.fileId]);
  }
}
