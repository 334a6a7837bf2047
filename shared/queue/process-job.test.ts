import type { Job } from 'bullmq';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { jobs } from '#shared/contracts/jobs.ts';
import { processorFor } from './process-job.ts';
import type { JobContext } from './queue-port.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of a BullMQ job as a delivery reads. */
const job = {
  id: 'noop-1-0',
  name: 'noop',
  data: { taskId: '1', generation: 0 },
  opts: { attempts: 3 },
  timestamp: 0,
  attemptsMade: 0,
  attemptsStarted: 1,
} as unknown as Job<unknown>;

function processor(noop: (payload: unknown, context: JobContext) => Promise<void>) {
  const sink = { record: async () => undefined };
  const running = new Map<string, AbortController>();
  return {
    running,
    run: processorFor({ queue: 'q', handlers: { noop }, sink, running, onOutcome: undefined }),
  };
}

test('BullMQ gives a signal only to a processor with three declared parameters', () => {
  expect(processor(async () => undefined).run).toHaveLength(3);
});

test('the signal fires when the catalogue’s time is over, not before', async () => {
  let signal: AbortSignal | undefined;
  const { run, running } = processor(async (_payload, context) => {
    signal = context.signal;
    await new Promise((_, reject) =>
      context.signal.addEventListener('abort', () => reject(context.signal.reason)),
    );
  });
  const outcome = expect(run(job, 'token', new AbortController().signal)).rejects.toThrow(
    'QUEUE_JOB_TIMED_OUT',
  );
  await vi.advanceTimersByTimeAsync(jobs.noop.timeoutMs - 1);
  expect(signal?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal?.reason).toMatchObject({ code: 'QUEUE_JOB_TIMED_OUT', retry: 'retryable' });
  await outcome;
  expect(running.size).toBe(0);
});

test('a finished delivery leaves no timer behind', async () => {
  const { run, running } = processor(async () => undefined);
  await run(job, 'token', new AbortController().signal);
  expect(vi.getTimerCount()).toBe(0);
  expect(running.size).toBe(0);
});

test('a signal of BullMQ itself reaches the handler as a cancellation', async () => {
  const outer = new AbortController();
  let reason: unknown;
  const { run } = processor(async (_payload, { signal }) => {
    outer.abort('whatever');
    reason = signal.reason;
  });
  await run(job, 'token', outer.signal);
  expect(reason).toMatchObject({ code: 'QUEUE_JOB_CANCELLED' });
});
