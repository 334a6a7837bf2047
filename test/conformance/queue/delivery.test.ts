import { expect, test } from 'vitest';
import type { PayloadOf } from '#shared/contracts/jobs.ts';
import type { JobContext, QueuePort } from '#shared/queue/queue-port.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { rawQueue } from '#test/support/raw-queue.ts';
import { waitFor } from '#test/support/wait-for.ts';

const task = (taskId: number): PayloadOf<'noop'> => ({ taskId: String(taskId), generation: 0 });
const tasks = (count: number): PayloadOf<'noop'>[] =>
  Array.from({ length: count }, (_, index) => task(index));

/** Collects the ids of tasks as they run. */
async function collect(port: QueuePort, queue: string, concurrency = 10): Promise<string[]> {
  const ran: string[] = [];
  const noop = async ({ taskId }: PayloadOf<'noop'>): Promise<void> => void ran.push(taskId);
  await (await port.work(queue, { noop }, { concurrency })).ready();
  return ran;
}

describeQueueBackends('delivery', (kind) => {
  const bench = useQueueBench(kind);

  test('a job reaches its handler with payload and context', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const seen: [PayloadOf<'noop'>, JobContext][] = [];
    const noop = async (payload: PayloadOf<'noop'>, context: JobContext): Promise<void> =>
      void seen.push([payload, context]);
    await port.work(queue, { noop }, { concurrency: 1 });
    const beforeMs = Date.now();
    await port.enqueue(queue, 'noop', { taskId: '42', generation: 3 });
    const [payload, context] = await waitFor(() => seen[0], { what: 'the job' });
    expect(payload).toEqual({ taskId: '42', generation: 3 });
    expect(context).toMatchObject({ jobId: 'noop-42-3', queue, delivery: 1 });
    expect(context.enqueuedAtMs).toBeGreaterThanOrEqual(beforeMs - 1);
    expect(context.signal.aborted).toBe(false);
    expect(port.kind).toBe(kind);
  });

  test('1,250 jobs added in chunks all run, each once', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueueMany(queue, 'noop', tasks(1_250));
    expect((await port.counts(queue)).waiting).toBe(1_250);
    const ran = await collect(port, queue, 20);
    await waitFor(() => ran.length >= 1_250, { what: 'all jobs', timeoutMs: 30_000 });
    await waitFor(async () => (await port.counts(queue)).active === 0, { what: 'the last acknowledgement' });
    expect(new Set(ran).size).toBe(1_250);
    expect(ran).toHaveLength(1_250);
  });

  test('a second job of the same id is ignored while the first waits and while its record is kept', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueue(queue, 'noop', task(1));
    await port.enqueue(queue, 'noop', task(1));
    expect((await port.counts(queue)).waiting).toBe(1);
    const ran = await collect(port, queue);
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the job' });
    await port.enqueue(queue, 'noop', task(1));
    await port.enqueue(queue, 'noop', { taskId: '1', generation: 1 });
    await waitFor(async () => (await port.counts(queue)).completed === 2, { what: 'the new generation' });
    expect(ran).toEqual(['1', '1']);
  });

  test('a delayed job runs after its delay, not before, with no other traffic to wake the worker', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const ranAtMs: number[] = [];
    const noop = async (): Promise<void> => void ranAtMs.push(Date.now());
    await (await port.work(queue, { noop }, { concurrency: 2 })).ready();
    const addedAtMs = Date.now();
    await port.enqueue(queue, 'noop', task(1), { delayMs: 700 });
    expect((await port.counts(queue)).delayed).toBe(1);
    const atMs = await waitFor(() => ranAtMs[0], { what: 'the delayed job' });
    expect(atMs - addedAtMs).toBeGreaterThanOrEqual(690);
    expect(atMs - addedAtMs).toBeLessThan(2_500);
  });

  test('an idle worker stays quick to start jobs that come one by one', async () => {
    const port = await bench.open();
    const queue = bench.name();
    let started = Promise.withResolvers<void>();
    await (await port.work(queue, { noop: async () => started.resolve() }, { concurrency: 2 })).ready();
    const latenciesMs: number[] = [];
    for (let taskId = 0; taskId < 40; taskId += 1) {
      started = Promise.withResolvers<void>();
      const enqueuedAtMs = performance.now();
      await port.enqueue(queue, 'noop', task(taskId));
      await started.promise;
      latenciesMs.push(performance.now() - enqueuedAtMs);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    // 2 to 15 ms; a worker that naps between jobs, because they come so quickly, needs 95.
    const settled = latenciesMs.slice(20).sort((a, b) => a - b);
    expect(settled[10]).toBeLessThan(60);
  });

  test('jobs without a priority go first, then the prioritised by number', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueue(queue, 'noop', task(10), { priority: 10 });
    await port.enqueue(queue, 'noop', task(5), { priority: 5 });
    await port.enqueue(queue, 'noop', task(1), { priority: 1 });
    await port.enqueue(queue, 'noop', task(0));
    expect((await port.counts(queue)).waiting).toBe(4);
    const ran = await collect(port, queue, 1);
    await waitFor(() => ran.length === 4, { what: 'all jobs' });
    expect(ran).toEqual(['0', '1', '5', '10']);
  });

  test('one queue carries several kinds to their own handlers', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const ran: string[] = [];
    const handlers = {
      load: async ({ taskId }: PayloadOf<'load'>): Promise<void> => void ran.push(`load ${taskId}`),
      advanceRun: async ({ runId }: PayloadOf<'advanceRun'>): Promise<void> => void ran.push(`run ${runId}`),
    };
    await port.work(queue, handlers, { concurrency: 2 });
    await port.enqueue(queue, 'load', task(7));
    await port.enqueue(queue, 'advanceRun', { runId: 'r1' });
    await waitFor(() => ran.length === 2, { what: 'both jobs' });
    expect(ran.sort()).toEqual(['load 7', 'run r1']);
  });

  test('a worker runs as many jobs at once as it was told, no more', async () => {
    const port = await bench.open();
    const queue = bench.name();
    let running = 0;
    let most = 0;
    let done = 0;
    const noop = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      done += 1;
    };
    await port.enqueueMany(queue, 'noop', tasks(40));
    await port.work(queue, { noop }, { concurrency: 4 });
    await waitFor(() => done === 40, { what: 'all jobs' });
    expect(most).toBe(4);
  });

  test('a paused queue counts its jobs as waiting', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueueMany(queue, 'noop', tasks(3));
    await (await rawQueue(port, queue)).pause();
    expect((await port.counts(queue)).waiting).toBe(3);
  });

  test('present names jobs that wait, are delayed or run, and no others', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const gate = Promise.withResolvers<void>();
    const noop = ({ taskId }: PayloadOf<'noop'>): Promise<void> =>
      taskId === '1' ? gate.promise : Promise.resolve();
    await port.work(queue, { noop }, { concurrency: 1 });
    await port.enqueue(queue, 'noop', task(0));
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the first job' });
    await port.enqueue(queue, 'noop', task(1));
    await port.enqueue(queue, 'noop', task(2));
    await port.enqueue(queue, 'noop', task(3), { priority: 4 });
    await port.enqueue(queue, 'noop', task(4), { delayMs: 60_000 });
    await waitFor(async () => (await port.counts(queue)).active === 1, { what: 'a running job' });
    const asked = [0, 1, 2, 3, 4, 5].map((id) => `noop-${id}-0`);
    expect([...(await port.present(queue, asked))].sort()).toEqual(asked.slice(1, 5));
    gate.resolve();
  });

  test('present answers for thousands of ids at once', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueueMany(queue, 'noop', tasks(1_000));
    const asked = tasks(5_000).map(({ taskId }) => `noop-${taskId}-0`);
    const startedAtMs = performance.now();
    expect((await port.present(queue, asked)).size).toBe(1_000);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  test('remove takes a waiting job away and leaves a running one', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueue(queue, 'noop', task(1));
    expect(await port.remove(queue, 'noop-1-0')).toBe(true);
    expect((await port.counts(queue)).waiting).toBe(0);
    expect(await port.remove(queue, 'noop-1-0')).toBe(true);
    const gate = Promise.withResolvers<void>();
    const ran: string[] = [];
    const noop = async ({ taskId }: PayloadOf<'noop'>): Promise<void> => {
      ran.push(taskId);
      await gate.promise;
    };
    await port.enqueue(queue, 'noop', task(2));
    await port.work(queue, { noop }, { concurrency: 1 });
    await waitFor(() => ran.length === 1, { what: 'the job' });
    expect(await port.remove(queue, 'noop-2-0')).toBe(false);
    expect(ran).toEqual(['2']);
    gate.resolve();
  });

  test('obliterate empties a queue, after which it works as new', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueueMany(queue, 'noop', tasks(20));
    await port.enqueue(queue, 'noop', task(99), { delayMs: 60_000 });
    await port.nudge(queue, 'advanceRun', { runId: 'r1' });
    await port.obliterate(queue);
    expect(await port.counts(queue)).toEqual({ waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 });
    const ran: string[] = [];
    const handlers = {
      noop: async ({ taskId }: PayloadOf<'noop'>): Promise<void> => void ran.push(taskId),
      advanceRun: async ({ runId }: PayloadOf<'advanceRun'>): Promise<void> => void ran.push(runId),
    };
    await port.work(queue, handlers, { concurrency: 1 });
    await port.enqueue(queue, 'noop', task(3));
    await port.nudge(queue, 'advanceRun', { runId: 'r1' });
    await waitFor(() => ran.length === 2, { what: 'new jobs' });
    expect(ran.sort()).toEqual(['3', 'r1']);
  });

  test('a healthy server has no problems', async () => {
    const port = await bench.open();
    expect(await port.check()).toEqual([]);
    expect(bench.errors).toEqual([]);
  });
});
