import { sha256FromHex } from '#shared/landing/checksum.ts';
import {
  discardedFiles,
  type FileMove,
  finishMoves,
  markFilesDeleted,
  movesUnderWay,
} from '#shared/ledger/file-moves.ts';
import { eachAlone } from './each-alone.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Moves that a dead process began: the bytes are brought where the ledger says, then the ledger is told. */
export async function finishFileMoves(deps: SchedulerDeps): Promise<number> {
  const moves = await movesUnderWay(deps.ledger);
  const finished = await eachAlone(
    deps,
    moves,
    ({ key }) => ({ file: key }),
    (move) => finishMove(deps, move),
  );
  return finished.length;
}

async function finishMove({ ledger, landing }: SchedulerDeps, move: FileMove): Promise<void> {
  // A quarantined file may be corrupt: it moves as it is.
  const identity = { bytes: move.bytes, checksum: sha256FromHex(move.sha256) };
  await landing.move(move.key, move.toKey, move.to === 'quarantine' ? 'as-is' : identity);
  await finishMoves(ledger, 'reconciler', [move.fileId]);
}

/** Deletes the bytes of files that were given up. */
export async function deleteDiscardedFiles(deps: SchedulerDeps): Promise<number> {
  const { ledger, landing } = deps;
  const files = await discardedFiles(ledger);
  const deleted = await eachAlone(
    deps,
    files,
    ({ key }) => ({ file: key }),
    ({ key }) => landing.delete(key),
  );
  return markFilesDeleted(
    ledger,
    deleted.map(({ fileId }) => fileId),
  );
}

/** A writer that has not touched its half-written file for so long is dead, whatever the grace for whole files. */
const MIN_ASIDE_AGE_MS = 3_600_000;

/** Removes half-written files whose writers died. */
export function cleanAsideFiles({ landing, settings }: SchedulerDeps): Promise<number> {
  return landing.cleanAside(Math.max(settings.orphanGraceMs, MIN_ASIDE_AGE_MS));
}
