import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PayloadOf } from '#shared/contracts/jobs.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { waitFor } from '#test/support/wait-for.ts';

const CONCURRENCY = 8;
const terminal = { code: 'TEST_RETENTION', retry: 'terminal', actor: 'us', what: 'no', now: 'Stop' } as const;
const tasks = (from: number, count: number): PayloadOf<'noop'>[] =>
  Array.from({ length: count }, (_, index) => ({ taskId: String(from + index), generation: 0 }));

describeQueueBackends('retention', (kind) => {
  const bench = useQueueBench(kind);

  test('finished jobs are kept up to a count, exactly or about, as the capability says', async () => {
    const port = await bench.open({ retention: { completedCount: 10, failedCount: 5 } });
    const queue = bench.name();
    let runs = 0;
    const noop = async ({ taskId }: PayloadOf<'noop'>): Promise<void> => {
      runs += 1;
      if (Number(taskId) % 2 === 0) throw new PenstockError(terminal);
    };
    await port.work(queue, { noop }, { concurrency: CONCURRENCY });
    await port.enqueueMany(queue, 'noop', tasks(0, 120));
    await waitFor(() => runs === 120, { what: 'all jobs' });
    const idle = async () => {
      const counts = await port.counts(queue);
      return counts.active + counts.waiting === 0 && counts;
    };
    await waitFor(idle, { what: 'the last acknowledgement' });
    // Where it is not exact, the surplus goes a moment later; jobs that end in one millisecond go together.
    const slack = port.capabilities.exactRetention ? 0 : 2 * CONCURRENCY;
    const trimmed = async () => {
      const counts = await port.counts(queue);
      return counts.completed <= 10 + slack && counts.failed <= 5 + slack && counts;
    };
    const { completed, failed } = await waitFor(trimmed, { what: 'the surplus to go' });
    expect(completed).toBeGreaterThan(0);
    expect(failed).toBeGreaterThan(0);
    if (!port.capabilities.exactRetention) return;
    expect(completed).toBe(10);
    expect(failed).toBe(5);
  });

  test('finished jobs older than the age go when a later one ends', async () => {
    const port = await bench.open({ retention: { completedAgeSeconds: 1 } });
    const queue = bench.name();
    await port.work(queue, { noop: async () => undefined }, { concurrency: 1 });
    await port.enqueueMany(queue, 'noop', tasks(0, 5));
    await waitFor(async () => (await port.counts(queue)).completed === 5, { what: 'the first five' });
    // The age itself is what is tested: it has to pass.
    await sleep(2_100);
    await port.enqueueMany(queue, 'noop', tasks(10, 2));
    const fewer = async () => (await port.present(queue, ['noop-10-0', 'noop-11-0'])).size === 0;
    await waitFor(fewer, { what: 'the later two' });
    const older = async () => (await port.counts(queue)).completed <= 2;
    await waitFor(older, { what: 'the first five to go' });
  });

  test('an id is accepted again once its record is gone', async () => {
    const port = await bench.open({ retention: { completedCount: 0 } });
    const queue = bench.name();
    let runs = 0;
    const noop = async (): Promise<void> => {
      runs += 1;
    };
    await port.work(queue, { noop }, { concurrency: 1 });
    for (let round = 1; round <= 3; round += 1) {
      await port.enqueue(queue, 'noop', { taskId: '1', generation: 0 });
      await waitFor(() => runs === round, { what: `run ${round}` });
      await waitFor(async () => (await port.counts(queue)).active === 0, { what: 'the acknowledgement' });
    }
    expect((await port.counts(queue)).completed).toBe(0);
  });
});
