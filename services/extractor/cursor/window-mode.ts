import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { lastFullWindowAt } from '#shared/ledger/slice-history.ts';
import type { PostgresStreamDeclaration } from '#shared/pipeline/declaration.ts';
import type { WindowMode } from '#shared/sources/postgres/plan-window.ts';

const DAY_MS = 86_400_000;

/**
 * How a run reads a slice: everything on a full refresh and on the first load; everything again when the last full
 * comparison is older than the stream declares; else from its watermark.
 */
export async function modeOf(
  ledger: Ledger,
  run: Pick<Run, 'kind' | 'logicalTime'>,
  task: Pick<ClaimedTask, 'pipeline' | 'stream' | 'slice'>,
  stream: PostgresStreamDeclaration,
  watermark: bigint | null,
): Promise<WindowMode> {
  if (run.kind === 'full_refresh' || watermark === null) return { kind: 'full' };
  const { fullCompareEveryDays } = stream.cursor;
  if (fullCompareEveryDays === null) return { kind: 'incremental' };
  const last = await lastFullWindowAt(ledger, task.pipeline, task.stream, task.slice);
  const isDue =
    last === undefined || Date.parse(run.logicalTime) - last.getTime() >= fullCompareEveryDays * DAY_MS;
  return isDue ? { kind: 'full-compare' } : { kind: 'incremental' };
}
