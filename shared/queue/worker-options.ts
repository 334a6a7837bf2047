import type { WorkerOptions } from 'bullmq';
import { backoffDelayMs, backoffOf } from './backoff-delay.ts';
import { MAX_STALLED_COUNT, type QueueSettings } from './queue-config.ts';

/** BullMQ's default keeps a worker idle 15 s after any outage. */
const RUN_RETRY_DELAY_MS = 1000;

/** Settings of every worker, whatever the backend. */
export function workerOptions(
  settings: QueueSettings,
  concurrency: number,
): Omit<WorkerOptions<never>, 'connection'> {
  const { retention } = settings;
  return {
    autorun: false,
    concurrency,
    lockDuration: settings.lockMs,
    stalledInterval: settings.stalledIntervalMs,
    maxStalledCount: MAX_STALLED_COUNT,
    runRetryDelay: RUN_RETRY_DELAY_MS,
    removeOnComplete: { age: retention.completedAgeSeconds, count: retention.completedCount },
    removeOnFail: { age: retention.failedAgeSeconds, count: retention.failedCount },
    settings: {
      backoffStrategy: (attemptsMade, _type, _error, job) =>
        backoffDelayMs(attemptsMade, backoffOf(job?.name ?? '')),
    },
  };
}
