import { afterEach, expect, test } from 'vitest';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/support/queue-worker-process.ts';
import { waitFor } from '#test/support/wait-for.ts';

const LIMIT = 3;

describeQueueBackends('global concurrency', (kind) => {
  const bench = useQueueBench(kind);
  const processes: WorkerProcess[] = [];
  afterEach(() => Promise.all(processes.splice(0).map((one) => one.end())));

  test('is exact over two processes that could each run five', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const orders = {
      url: bench.url,
      prefix: bench.prefix,
      queue,
      concurrency: 5,
      globalConcurrency: LIMIT,
      lockMs: 5_000,
      stalledIntervalMs: 2_000,
      holdMs: 60,
    };
    processes.push(...(await Promise.all([startWorkerProcess(orders), startWorkerProcess(orders)])));
    const payloads = Array.from({ length: 40 }, (_, index) => ({ taskId: String(index), generation: 0 }));
    await port.enqueueMany(queue, 'noop', payloads);
    const events = () => processes.flatMap((one) => one.events);
    const ends = () => events().filter(({ event }) => event === 'end').length;
    await waitFor(() => ends() === 40, { what: 'all jobs', timeoutMs: 20_000 });
    expect(mostAtOnce(events())).toBe(LIMIT);
    for (const one of processes) expect(one.events.some(({ event }) => event === 'start')).toBe(true);
  });
});

/** The most jobs that ran at one time; where one ends as another starts, the end counts first. */
function mostAtOnce(events: readonly { readonly event: string; readonly atMs: number }[]): number {
  const steps = events
    .filter(({ event }) => event === 'start' || event === 'end')
    .map(({ event, atMs }) => ({ atMs, change: event === 'start' ? 1 : -1 }))
    .sort((a, b) => a.atMs - b.atMs || a.change - b.change);
  let running = 0;
  let most = 0;
  for (const { change } of steps) {
    running += change;
    most = Math.max(most, running);
  }
  return most;
}
