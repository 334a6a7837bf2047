import { queues } from '#shared/contracts/jobs.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { createRun, type Run } from '#shared/ledger/runs.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { planRun, type RunRequest } from './plan-run.ts';

/** A run somebody asks for, and who. */
export interface AskedRun extends RunRequest {
  readonly kind: 'manual' | 'full_refresh';
  readonly requestedBy: string;
}

/**
 * Writes a run to the ledger, then tells the scheduler. Should the queue be away, the run is not lost: the next tick
 * finds it.
 *
 * @returns the run, whether this call made it (false: the idempotency key or the instant was used before), and whether the
 *   scheduler could be told.
 * @throws PenstockError RUN_UNKNOWN_PART, or the ledger's errors.
 */
export async function requestRun(
  stores: { readonly ledger: Ledger; readonly queue: QueuePort },
  pipeline: PipelineDeclaration,
  asked: AskedRun,
): Promise<{ readonly run: Run; readonly created: boolean; readonly announced: boolean }> {
  const { schedule, idempotencyKey, ...plan } = planRun(pipeline, asked);
  const { outcome, run } = await createRun(stores.ledger, {
    ...plan,
    kind: asked.kind,
    requestedBy: asked.requestedBy,
    params: schedule === null ? {} : { schedule },
    ...(idempotencyKey === null ? {} : { idempotencyKey }),
  });
  const nudging = stores.queue.nudge(queues.scheduler, 'advanceRun', { runId: run.runId });
  const announced = await nudging.then(
    () => true,
    () => false,
  );
  return { run, created: outcome === 'created', announced };
}
