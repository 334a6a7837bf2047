import type { SliceReport } from '#shared/ledger/run-manifest.ts';
import type { Task } from '#shared/ledger/tasks.ts';

/** A slice that is missing or stale after a run, and why. */
export type IncompleteSlice = {
  readonly stream: string;
  readonly slice: string;
  readonly reason: string;
};

/**
 * Names the slices whose rows are not all in bronze, or may not be: given up, quarantined, come in part, stopped by a failed load or
 * merge of their stream, or behind a transaction that holds the bound.
 *
 * @param failed tasks of the run that ended without success.
 * @param maxHeldBackMs how long a bound may hang on one transaction.
 */
export function incompleteSlices(
  slices: readonly SliceReport[],
  failed: readonly Pick<Task, 'kind' | 'stream' | 'error'>[],
  maxHeldBackMs: number,
): IncompleteSlice[] {
  return slices.flatMap((slice) => {
    const reason = reasonOf(slice, failed, maxHeldBackMs);
    return reason === undefined ? [] : [{ stream: slice.stream, slice: slice.slice, reason }];
  });
}

function reasonOf(
  slice: SliceReport,
  failed: readonly Pick<Task, 'kind' | 'stream' | 'error'>[],
  maxHeldBackMs: number,
): string | undefined {
  if (slice.status === 'failed') return slice.reason ?? 'its extraction was given up';
  const stopped = failed.find(
    ({ kind, stream }) => stream === slice.stream && (kind === 'load' || kind === 'merge'),
  );
  if (stopped !== undefined) return stopped.error?.message ?? `its ${stopped.kind} did not succeed`;
  if (slice.quarantinedFiles > 0) return `${slice.quarantinedFiles} file(s) in quarantine hold its watermark`;
  if (slice.incomplete !== null) return slice.incomplete;
  if (slice.beganBelowBound !== null) {
    return `${slice.beganBelowBound} began below a bound already used: a full comparison must look for its rows`;
  }
  if (slice.heldBackMs <= maxHeldBackMs) return undefined;
  return `its bound is held back ${Math.round(slice.heldBackMs / 1_000)} s by ${slice.heldBackBy ?? 'a transaction'}`;
}
