import { type QueuedTask, queuedTasks, requeueLost } from '#shared/ledger/task-queueing.ts';
import { queueOf } from './fill-queues.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** A job younger than this may still be on its way into the queue. */
const JOB_GRACE_MS = 2_000;

/** Tasks the ledger believes to be queued, but whose job the queue has lost: the next filling makes them a new one. */
export async function requeueLostJobs({ ledger, queue }: SchedulerDeps): Promise<number> {
  const byQueue = Map.groupBy(await queuedTasks(ledger, { olderThanMs: JOB_GRACE_MS }), ({ kind, shard }) =>
    queueOf(kind, shard),
  );
  let requeued = 0;
  for (const [name, tasks] of byQueue) {
    const present = await queue.present(
      name,
      tasks.map((task: QueuedTask) => task.jobId),
    );
    const lost = tasks.filter((task: QueuedTask) => !present.has(task.jobId));
    if (lost.length > 0) requeued += (await requeueLost(ledger, lost)).length;
  }
  return requeued;
}
