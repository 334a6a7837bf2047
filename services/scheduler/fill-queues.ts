import { queues, type TaskPayload } from '#shared/contracts/jobs.ts';
import type { TaskKind } from '#shared/contracts/task.ts';
import {
  pendingByQueue,
  type QueuedTask,
  queuedCount,
  takePending,
  unqueueTasks,
} from '#shared/ledger/task-queueing.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Tasks marked and enqueued in one go. */
const CHUNK = 1_000;

/** A queue is filled again once this share of it has been worked off: many small fills cost more than few large ones. */
const REFILL_SHARE = 0.25;

/** The queue a kind of task goes to. */
export function queueOf(kind: TaskKind, shard: string): string {
  if (kind === 'discover' || kind === 'extract' || kind === 'noop') return queues.extract(shard);
  return kind === 'load' ? queues.load : queues.transform;
}

/**
 * Fills every queue up to its high-water mark with what waits in the ledger. Marks first, enqueues after: what a
 * crash leaves in between is queued without a job, and the reconciler finds it.
 *
 * @returns how many tasks were enqueued.
 */
export async function fillQueues(deps: SchedulerDeps): Promise<number> {
  let filled = 0;
  for (const { kind, shard } of await pendingByQueue(deps.ledger))
    filled += await fillQueue(deps, kind, shard);
  return filled;
}

async function fillQueue(deps: SchedulerDeps, kind: TaskKind, shard: string): Promise<number> {
  const { highWater } = deps.settings;
  const room = highWater - (await queuedCount(deps.ledger, kind, shard));
  let filled = 0;
  if (room < highWater * REFILL_SHARE) return filled;
  while (filled < room) {
    const tasks = await takePending(deps.ledger, { kind, shard, limit: Math.min(CHUNK, room - filled) });
    if (tasks.length === 0) break;
    await deps.probe.reached('plan.tasks-marked', kind);
    await enqueue(deps, kind, shard, tasks);
    filled += tasks.length;
  }
  return filled;
}

async function enqueue(
  deps: SchedulerDeps,
  kind: TaskKind,
  shard: string,
  tasks: readonly QueuedTask[],
): Promise<void> {
  const payloads: TaskPayload[] = tasks.map(({ taskId, generation }) => ({ taskId, generation }));
  try {
    await deps.queue.enqueueMany(queueOf(kind, shard), kind, payloads);
  } catch (error) {
    // Some may be in the queue all the same; whichever job of a task comes first is claimed, the other one refused.
    await unqueueTasks(deps.ledger, tasks);
    throw error;
  }
}
