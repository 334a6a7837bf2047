import { batchBounds, windowOfBounds } from '../execute/batch-results.ts';
import { type BatchTimes, type BuiltBatches, runBatches } from '../execute/run-batches.ts';
import type { NodeRun } from '../execute/run-node.ts';
import { describeFailure } from './describe-failure.ts';
import type { RunFlags } from './invocation.ts';
import type { OnEvent } from './invocation-event.ts';
import { labelOf } from './label-work.ts';
import type { NodeOutcome } from './node-result.ts';
import { sampleWindow } from './sample-window.ts';
import type { BuiltWork } from './work.ts';

/**
 * Builds a microbatch model in its batches: what a retry takes up is only those that failed, when others had been done.
 *
 * The model is a `partial success` when some batches stand and others do not (`task/run.py`, `merge_batch_results`); that is
 * a failure of the invocation. Errors of batches are told as they happen, and again in the result's message.
 */
export async function runBatchedWork(
  work: BuiltWork,
  run: NodeRun,
  flags: RunFlags,
  onEvent: OnEvent,
): Promise<NodeOutcome> {
  const node = labelOf(work);
  const built = await runBatches(run, timesOf(work.id, flags, run.run.runStartedAt), (batch) =>
    onEvent({ type: 'batch-finished', node, batch }),
  );
  const earlier = flags.retried?.batches.get(work.id)?.successful ?? [];
  return {
    ...statusOf(built),
    failures: null,
    rowsAffected: built.rowsAffected,
    compiledCode: null,
    batchCode: built.code,
    batchResults: {
      successful: [...built.done.map(batchBounds), ...earlier],
      failed: built.undone.map(batchBounds),
    },
  };
}

function timesOf(id: string, flags: RunFlags, now: string): BatchTimes {
  const earlier = flags.retried?.batches.get(id);
  if (earlier !== undefined) return { only: earlier.failed.map(windowOfBounds) };
  const end = flags.retried?.startedAt ?? now;
  if (flags.sample === undefined) return { ...flags, now: end };
  const { start, end: until } = sampleWindow(flags.sample, end);
  return { eventTimeStart: start, eventTimeEnd: until };
}

function statusOf({ done, undone, failures }: BuiltBatches): Pick<NodeOutcome, 'status' | 'message'> {
  const causes = failures.map(describeFailure);
  if (undone.length === 0) return { status: 'success', message: 'SUCCESS' };
  const said =
    done.length === 0 ? 'ERROR' : `PARTIAL SUCCESS (${done.length}/${done.length + undone.length})`;
  return {
    status: done.length === 0 ? 'error' : 'partial success',
    message: [said, ...causes].join('\n'),
  };
}
