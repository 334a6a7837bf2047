import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { PayloadOf } from '#shared/contracts/jobs.ts';
import type { JobContext, QueuePort } from '#shared/queue/queue-port.ts';
import { describeQueueBackends, type QueueBench, useQueueBench } from '#test/support/queue-backends.ts';
import { waitFor } from '#test/support/wait-for.ts';

const task: PayloadOf<'noop'> = { taskId: '1', generation: 0 };

interface Run {
  readonly delivery: number;
  reason?: unknown;
}

/** A handler that runs until its signal fires, then throws the signal's reason as handlers should. */
function obedient(runs: Run[]) {
  return async (_payload: PayloadOf<'noop'>, { signal, delivery }: JobContext): Promise<void> => {
    const run: Run = { delivery };
    runs.push(run);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    run.reason = signal.reason;
    throw signal.reason;
  };
}

/** Gives the job's lock to nobody, as if another worker had held the job since. */
async function breakLock(bench: QueueBench, queue: string, jobId: string): Promise<void> {
  if (bench.url.startsWith('redis')) {
    const client = new Redis(bench.url);
    await client.del(`${bench.prefix}:${queue}:${jobId}:lock`);
    await client.quit();
    return;
  }
  const client = new pg.Client({ connectionString: bench.url });
  await client.connect();
  await client.query(
    `UPDATE "${bench.prefix}".job SET lock_token = 'another', locked_until_ms = 0 WHERE queue = $1 AND id = $2`,
    [queue, jobId],
  );
  await client.end();
}

async function ended(port: QueuePort, queue: string) {
  const over = async () => {
    const counts = await port.counts(queue);
    return counts.completed + counts.failed === 1 && counts;
  };
  return waitFor(over, { what: 'the job to end' });
}

describeQueueBackends('cancellation and closing', (kind) => {
  const bench = useQueueBench(kind);

  test('cancel fires the signal with its reason, and the job does not run again', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const runs: Run[] = [];
    const worker = await port.work(queue, { noop: obedient(runs) }, { concurrency: 1 });
    await port.enqueue(queue, 'noop', task);
    await waitFor(() => runs.length === 1, { what: 'the job' });
    expect(worker.activeJobs()).toEqual(['noop-1-0']);
    expect(worker.cancel('noop-2-0', 'not here')).toBe(false);
    expect(worker.cancel('noop-1-0', 'the run was cancelled')).toBe(true);
    expect((await ended(port, queue)).failed).toBe(1);
    expect(runs[0]?.reason).toMatchObject({
      code: 'QUEUE_JOB_CANCELLED',
      facts: { reason: 'the run was cancelled' },
    });
    expect(runs).toHaveLength(1);
    expect(worker.activeJobs()).toEqual([]);
  });

  test('a lost lock fires the signal, and the job runs again', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const runs: Run[] = [];
    await port.work(queue, { noop: obedient(runs) }, { concurrency: 2 });
    await port.enqueue(queue, 'noop', task);
    await waitFor(() => runs.length === 1, { what: 'the job' });
    await breakLock(bench, queue, 'noop-1-0');
    const lost = await waitFor(() => runs[0]?.reason, { what: 'the signal' });
    expect(lost).toMatchObject({ code: 'QUEUE_JOB_LOCK_LOST', retry: 'retryable' });
    await waitFor(() => runs.length === 2, { what: 'the second delivery' });
    expect(runs[1]?.delivery).toBe(2);
  });

  test('close lets a running job finish and takes no other', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const started: string[] = [];
    const gate = Promise.withResolvers<void>();
    const noop = async ({ taskId }: PayloadOf<'noop'>): Promise<void> => {
      started.push(taskId);
      await gate.promise;
    };
    await port.enqueueMany(queue, 'noop', [task, { taskId: '2', generation: 0 }]);
    const worker = await port.work(queue, { noop }, { concurrency: 1 });
    await waitFor(() => started.length === 1, { what: 'the job' });
    const closing = worker.close({ deadlineMs: 5_000 });
    gate.resolve();
    expect(await closing).toEqual({ forced: [] });
    expect(await port.counts(queue)).toMatchObject({ completed: 1, waiting: 1, active: 0 });
    expect(started).toEqual(['1']);
  });

  test('past the deadline the signal fires and the job goes back without using an attempt', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const runs: Run[] = [];
    await port.enqueue(queue, 'noop', task);
    // Four deployments in a row: one more than the catalogue's attempts.
    for (let deployment = 1; deployment <= 4; deployment += 1) {
      const worker = await port.work(queue, { noop: obedient(runs) }, { concurrency: 1 });
      await waitFor(() => runs.length === deployment, { what: 'the job' });
      const startedAtMs = performance.now();
      expect(await worker.close({ deadlineMs: 600 })).toEqual({ forced: [] });
      expect(performance.now() - startedAtMs).toBeLessThan(900);
      expect(runs.at(-1)?.reason).toMatchObject({ code: 'QUEUE_WORKER_CLOSING' });
    }
    expect(await port.counts(queue)).toMatchObject({ waiting: 1, failed: 0 });
    await port.work(queue, { noop: async () => undefined }, { concurrency: 1 });
    expect((await ended(port, queue)).completed).toBe(1);
  });

  test('a handler deaf to its signal is cut off at the deadline, named, and runs again elsewhere', async () => {
    const first = await bench.open();
    const queue = bench.name();
    const gate = Promise.withResolvers<void>();
    await first.enqueue(queue, 'noop', task);
    const worker = await first.work(queue, { noop: () => gate.promise }, { concurrency: 1 });
    await waitFor(() => worker.activeJobs().length === 1, { what: 'the job' });
    const startedAtMs = performance.now();
    const report = await worker.close({ deadlineMs: 800 });
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect(report).toEqual({ forced: [{ queue, jobIds: ['noop-1-0'] }] });
    const second = await bench.open();
    const deliveries: number[] = [];
    const noop = async (_payload: PayloadOf<'noop'>, { delivery }: JobContext): Promise<void> =>
      void deliveries.push(delivery);
    await second.work(queue, { noop }, { concurrency: 1 });
    await waitFor(() => deliveries.length === 1, { what: 'the job to run again' });
    expect(deliveries).toEqual([2]);
    gate.resolve();
  });

  test('a closed port says so, and closing twice is one close', async () => {
    const port = await bench.open();
    const [one, two] = await Promise.all([port.close({ deadlineMs: 500 }), port.close({ deadlineMs: 500 })]);
    expect(one).toBe(two);
    await expect(port.enqueue(bench.name(), 'noop', task)).rejects.toMatchObject({ code: 'QUEUE_CLOSED' });
    await expect(port.work(bench.name(), {}, { concurrency: 1 })).rejects.toMatchObject({
      code: 'QUEUE_CLOSED',
    });
  });

  test('a worker closed before it was ready says so to who waits for it', async () => {
    const port = await bench.open();
    const worker = await port.work(bench.name(), {}, { concurrency: 1 });
    const ready = worker.ready();
    await worker.close({ deadlineMs: 500 });
    await expect(ready).rejects.toMatchObject({ code: 'QUEUE_CLOSED' });
  });
});
