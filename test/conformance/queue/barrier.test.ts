import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PayloadOf } from '#shared/contracts/jobs.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { JobContext } from '#shared/queue/queue-port.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { rawQueue } from '#test/support/raw-queue.ts';
import { waitFor } from '#test/support/wait-for.ts';

const run = { runId: 'r1' };

describeQueueBackends('barrier and repetition', (kind) => {
  const bench = useQueueBench(kind);

  test('a nudge during a run of the job makes it run once more', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const advanceRun = async (): Promise<void> => {
      runs += 1;
      if (runs === 1) await gate.promise;
    };
    await port.work(queue, { advanceRun }, { concurrency: 4 });
    await port.nudge(queue, 'advanceRun', run);
    await waitFor(() => runs === 1, { what: 'the first run' });
    for (let nudge = 0; nudge < 5; nudge += 1) await port.nudge(queue, 'advanceRun', run);
    expect(runs).toBe(1);
    gate.resolve();
    await waitFor(() => runs === 2, { what: 'the second run' });
    await waitFor(async () => (await port.counts(queue)).completed === 2, { what: 'both to end' });
    expect(await port.counts(queue)).toMatchObject({ waiting: 0, active: 0 });
  });

  test('nudges that wait are folded into one, per run', async () => {
    const port = await bench.open();
    const queue = bench.name();
    for (let nudge = 0; nudge < 10; nudge += 1) await port.nudge(queue, 'advanceRun', run);
    await port.nudge(queue, 'advanceRun', { runId: 'r2' });
    expect((await port.counts(queue)).waiting).toBe(2);
  });

  test('the last check is never missed: 12 runs of 60 tasks that all nudge', async () => {
    const port = await bench.open();
    const tasksQueue = bench.name();
    const barrierQueue = bench.name();
    const finished = new Map<string, number>();
    const seen = new Map<string, number>();
    let checks = 0;
    const noop = async ({ taskId, generation }: PayloadOf<'noop'>): Promise<void> => {
      await sleep(Number(taskId) % 5);
      const runId = `run${generation}`;
      finished.set(runId, (finished.get(runId) ?? 0) + 1);
      await port.nudge(barrierQueue, 'advanceRun', { runId });
    };
    const advanceRun = async ({ runId }: PayloadOf<'advanceRun'>): Promise<void> => {
      checks += 1;
      seen.set(runId, finished.get(runId) ?? 0);
      await sleep(3);
    };
    await port.work(tasksQueue, { noop }, { concurrency: 8 });
    await port.work(barrierQueue, { advanceRun }, { concurrency: 4 });
    for (let generation = 0; generation < 12; generation += 1) {
      const payloads = Array.from({ length: 60 }, (_, index) => ({ taskId: String(index), generation }));
      await port.enqueueMany(tasksQueue, 'noop', payloads);
    }
    await waitFor(async () => (await port.counts(tasksQueue)).completed === 720, {
      what: 'all tasks',
      timeoutMs: 40_000,
    });
    await waitFor(() => [...seen.values()].every((count) => count === 60) && seen.size === 12, {
      what: 'every last check',
    });
    expect(checks).toBeLessThan(720);
  });

  test('a barrier job that failed for good can be nudged again', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const terminal = {
      code: 'TEST_BARRIER',
      retry: 'terminal',
      actor: 'us',
      what: 'no',
      now: 'Stop',
    } as const;
    let runs = 0;
    const advanceRun = async (): Promise<void> => {
      runs += 1;
      if (runs === 1) throw new PenstockError(terminal);
    };
    await port.work(queue, { advanceRun }, { concurrency: 1 });
    await port.nudge(queue, 'advanceRun', run);
    await waitFor(async () => (await port.counts(queue)).failed === 1, { what: 'the failure' });
    await port.nudge(queue, 'advanceRun', run);
    await waitFor(() => runs === 2, { what: 'the second run' });
  });

  test('replicas that repeat one job make one per period together', async () => {
    const everyMs = 250;
    const queue = bench.name();
    const ticks: string[] = [];
    const ports = await Promise.all(Array.from({ length: 6 }, () => bench.open()));
    const tick = async (_payload: PayloadOf<'tick'>, { jobId }: JobContext): Promise<void> =>
      void ticks.push(jobId);
    for (const port of ports.slice(0, 2)) await port.work(queue, { tick }, { concurrency: 2 });
    await Promise.all(
      ports.flatMap((port) => Array.from({ length: 5 }, () => port.repeat(queue, 'tick', everyMs))),
    );
    await waitFor(() => ticks.length >= 8, { what: 'eight ticks' });
    const periods = ticks.map((jobId) => Number(/-p(\d+)$/.exec(jobId)?.[1]));
    expect(new Set(periods).size).toBe(periods.length);
    const [first = 0] = periods;
    // A busy machine may skip a period; half of them would be a fault.
    expect((periods[7] ?? Number.POSITIVE_INFINITY) - first).toBeLessThan(16);
  });

  test('a replica that is late with a period finished long ago does not stop the ones to come', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const ticks: string[] = [];
    const tick = async (_payload: PayloadOf<'tick'>, { jobId }: JobContext): Promise<void> =>
      void ticks.push(jobId);
    await port.work(queue, { tick }, { concurrency: 1 });
    await port.repeat(queue, 'tick', 300);
    await waitFor(async () => (await port.counts(queue)).completed > 0, { what: 'the first tick' });
    // The same period again, as a second replica's timer would have it.
    await (await bench.open()).repeat(queue, 'tick', 300);
    const before = ticks.length;
    await waitFor(() => ticks.length >= before + 3, { what: 'further ticks', timeoutMs: 5_000 });
  });

  test('a repeated job does not pile up while no worker runs', async () => {
    const queue = bench.name();
    const first = await bench.open();
    await first.repeat(queue, 'tick', 100);
    await sleep(350);
    const second = await bench.open();
    await second.repeat(queue, 'tick', 100);
    await sleep(350);
    expect((await first.counts(queue)).waiting).toBe(1);
  });

  test('repetition and a global limit come back after the queue was emptied', async () => {
    const port = await bench.open();
    const queue = bench.name();
    let ticks = 0;
    const tick = async (): Promise<void> => {
      ticks += 1;
    };
    await (await port.work(queue, { tick }, { concurrency: 2, globalConcurrency: 2 })).ready();
    await port.repeat(queue, 'tick', 200);
    await waitFor(() => ticks > 0, { what: 'the first tick' });
    await port.obliterate(queue);
    const before = ticks;
    await waitFor(() => ticks > before + 1, { what: 'ticks afterwards' });
    const raw = await rawQueue(port, queue);
    await waitFor(async () => (await raw.getGlobalConcurrency()) === 2, { what: 'the limit' });
  });
});
