import { Redis } from 'ioredis';
import { beforeEach, expect, test } from 'vitest';
import type { PayloadOf } from '#shared/contracts/jobs.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import { describeQueueBackends, type OwnQueueBench, useOwnQueueBench } from '#test/support/queue-backends.ts';
import { waitFor } from '#test/support/wait-for.ts';

const PRODUCER_TIMEOUT_MS = 500;
const settings = { producerTimeoutMs: PRODUCER_TIMEOUT_MS };
const task = (taskId: number): PayloadOf<'noop'> => ({ taskId: String(taskId), generation: 0 });
const tasks = (from: number, count: number): PayloadOf<'noop'>[] =>
  Array.from({ length: count }, (_, index) => task(from + index));

/** Rejects with a PenstockError of this code, within the time. */
async function expectFast(work: Promise<unknown>, code: string, withinMs: number): Promise<void> {
  const startedAtMs = performance.now();
  await expect(work).rejects.toMatchObject({ code });
  expect(performance.now() - startedAtMs).toBeLessThan(withinMs);
}

describeQueueBackends('server outage', (kind) => {
  const bench = useOwnQueueBench(kind);
  beforeEach(() => bench.server.kill('SIGCONT').catch(() => undefined));

  async function collector(port: QueuePort, queue: string) {
    const ran = new Map<string, number>();
    const noop = async ({ taskId }: PayloadOf<'noop'>): Promise<void> => {
      ran.set(taskId, (ran.get(taskId) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    return { ran, worker: await port.work(queue, { noop }, { concurrency: 10 }) };
  }

  test('a producer fails fast while the server is down, and works again after', async () => {
    const port = await bench.open(settings);
    const queue = bench.name();
    await port.enqueue(queue, 'noop', task(1));
    await bench.server.kill('SIGKILL');
    await expectFast(port.enqueue(queue, 'noop', task(2)), 'QUEUE_UNREACHABLE', 1_500);
    await expectFast(port.nudge(queue, 'advanceRun', { runId: 'r' }), 'QUEUE_UNREACHABLE', 1_500);
    await expectFast(port.counts(queue), 'QUEUE_UNREACHABLE', 1_500);
    await bench.server.restart();
    await waitFor(
      () =>
        port
          .enqueue(queue, 'noop', task(3))
          .then(() => true)
          .catch(() => false),
      {
        what: 'the producer to recover',
      },
    );
  });

  test('a producer fails fast when its server was never up, and nothing it refused turns up later', async () => {
    await bench.server.kill('SIGKILL');
    const port = await bench.open(settings);
    const queue = bench.name();
    await expectFast(port.enqueue(queue, 'noop', task(1)), 'QUEUE_UNREACHABLE', 1_500);
    expect(await port.check()).toEqual([expect.stringContaining('the queue server does not answer')]);
    await bench.server.restart();
    await waitFor(
      () =>
        port
          .enqueue(queue, 'noop', task(2))
          .then(() => true)
          .catch(() => false),
      {
        what: 'the producer to recover',
      },
    );
    expect(await port.present(queue, ['noop-1-0', 'noop-2-0'])).toEqual(new Set(['noop-2-0']));
    expect(await port.check()).toEqual([]);
  });

  test('a producer gives up on a frozen server in bounded time', async () => {
    const port = await bench.open(settings);
    const queue = bench.name();
    await port.enqueue(queue, 'noop', task(1));
    await bench.server.kill('SIGSTOP');
    await expectFast(port.enqueue(queue, 'noop', task(2)), 'QUEUE_UNREACHABLE', 5 * PRODUCER_TIMEOUT_MS);
    await bench.server.kill('SIGCONT');
  });

  test('a worker built while the server is down starts once it is up', async () => {
    await bench.server.kill('SIGKILL');
    const port = await bench.open(settings);
    const queue = bench.name();
    const { ran, worker } = await collector(port, queue);
    await waitFor(() => bench.errors.some(({ code }) => code === 'QUEUE_UNREACHABLE'), { what: 'a report' });
    await bench.server.restart();
    await worker.ready();
    await port.enqueueMany(queue, 'noop', tasks(0, 5));
    await waitFor(() => ran.size === 5, { what: 'the jobs' });
  });

  test('a worker takes jobs again soon after the server is back', async () => {
    const port = await bench.open(settings);
    const queue = bench.name();
    const { ran, worker } = await collector(port, queue);
    await worker.ready();
    await bench.server.kill('SIGKILL');
    await waitFor(() => bench.errors.length > 0, { what: 'the outage to be noticed' });
    await bench.server.restart();
    const backAtMs = performance.now();
    const add = () => port.enqueue(queue, 'noop', task(1)).then(() => true);
    await waitFor(() => add().catch(() => false), { what: 'the producer to recover' });
    await waitFor(() => ran.size === 1, { what: 'the job', timeoutMs: 20_000 });
    expect(performance.now() - backAtMs).toBeLessThan(5_000);
  });

  test.each([
    { mode: 'idle', busy: false },
    { mode: 'busy', busy: true },
  ])('a worker that is $mode closes by its deadline while the server is down', async ({ busy }) => {
    const port = await bench.open(settings);
    const queue = bench.name();
    let started = false;
    const noop = async (): Promise<void> => {
      started = true;
      await new Promise((resolve) => setTimeout(resolve, 400));
    };
    await (await port.work(queue, { noop }, { concurrency: 2 })).ready();
    if (busy) {
      await port.enqueue(queue, 'noop', task(1));
      await waitFor(() => started, { what: 'the job' });
    }
    await bench.server.kill('SIGKILL');
    const startedAtMs = performance.now();
    await port.close({ deadlineMs: 1_500 });
    expect(performance.now() - startedAtMs).toBeLessThan(1_700);
    await bench.server.restart();
  });

  test('a worker closes by its deadline while the server is frozen', async () => {
    const port = await bench.open(settings);
    const { worker } = await collector(port, bench.name());
    await worker.ready();
    await bench.server.kill('SIGSTOP');
    const startedAtMs = performance.now();
    await port.close({ deadlineMs: 1_000 });
    expect(performance.now() - startedAtMs).toBeLessThan(1_200);
    await bench.server.kill('SIGCONT');
  });

  test('restarts under load lose nothing and fail nothing', async () => {
    const port = await bench.open({ ...settings, retention: { completedCount: 0 } });
    const queue = bench.name();
    const { ran } = await collector(port, queue);
    const accepted = new Set<string>();
    const producing = produce(port, queue, accepted, 800);
    await waitFor(() => ran.size > 100, { what: 'some jobs to run', timeoutMs: 20_000 });
    await bench.server.restart('fast');
    await waitFor(() => ran.size > 300, { what: 'more jobs to run', timeoutMs: 20_000 });
    await (kind === 'redis' ? bench.server.kill('SIGKILL') : Promise.resolve());
    await bench.server.restart('immediate');
    await producing;
    await waitFor(() => ran.size === accepted.size, { what: 'every job to run', timeoutMs: 30_000 });
    const idle = async () => {
      // A producer may still be between two attempts to connect.
      const counts = await port.counts(queue).catch(() => undefined);
      return counts !== undefined && counts.active + counts.waiting + counts.delayed === 0 && counts;
    };
    expect((await waitFor(idle, { what: 'the queue to drain', timeoutMs: 20_000 })).failed).toBe(0);
    expect(accepted.size).toBe(800);
  });

  test('a server emptied in between takes new jobs at once', async () => {
    const port = await bench.open(settings);
    const queue = bench.name();
    const { ran, worker } = await collector(port, queue);
    await worker.ready();
    await port.enqueue(queue, 'noop', task(1));
    await waitFor(() => ran.size === 1, { what: 'the first job' });
    await empty(bench, port, queue);
    await port.enqueue(queue, 'noop', task(1));
    await waitFor(() => ran.get('1') === 2, { what: 'the same id again' });
  });
});

/** Adds jobs in small batches until `count` are accepted, trying again what was refused. */
async function produce(port: QueuePort, queue: string, accepted: Set<string>, count: number): Promise<void> {
  for (let from = 0; from < count; from += 20) {
    const batch = tasks(from, 20);
    const add = () =>
      port
        .enqueueMany(queue, 'noop', batch)
        .then(() => true)
        .catch(() => false);
    await waitFor(add, { what: 'the server to accept', timeoutMs: 30_000 });
    for (const { taskId } of batch) accepted.add(taskId);
  }
}

async function empty(bench: OwnQueueBench, port: QueuePort, queue: string): Promise<void> {
  if (!bench.url.startsWith('redis')) return port.obliterate(queue);
  const client = new Redis(bench.url);
  await client.flushall();
  await client.script('FLUSH');
  await client.quit();
}
