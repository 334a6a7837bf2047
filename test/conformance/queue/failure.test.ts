import { expect, test } from 'vitest';
import { jobs, type PayloadOf } from '#shared/contracts/jobs.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { JobContext, JobOutcome } from '#shared/queue/queue-port.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { rawQueue } from '#test/support/raw-queue.ts';
import { waitFor } from '#test/support/wait-for.ts';

const task: PayloadOf<'noop'> = { taskId: '1', generation: 0 };
const terminal = new PenstockError({
  code: 'TEST_TERMINAL',
  retry: 'terminal',
  actor: 'us',
  what: 'it cannot be done',
  now: 'Give up',
});

describeQueueBackends('failure', (kind) => {
  const bench = useQueueBench(kind);

  /** Runs one job whose deliveries fail with these errors in turn, until it is completed or failed. */
  async function run(errors: readonly unknown[]) {
    const outcomes: JobOutcome[] = [];
    const port = await bench.open({ onOutcome: (outcome) => void outcomes.push(outcome) });
    const queue = bench.name();
    const deliveries: { delivery: number; atMs: number }[] = [];
    const noop = async (_payload: PayloadOf<'noop'>, { delivery }: JobContext): Promise<void> => {
      deliveries.push({ delivery, atMs: Date.now() });
      const error = errors[deliveries.length - 1];
      if (error !== undefined) throw error;
    };
    await port.work(queue, { noop }, { concurrency: 1 });
    await port.enqueue(queue, 'noop', task);
    const over = async () => {
      const counts = await port.counts(queue);
      return counts.completed + counts.failed === 1 && counts;
    };
    const counts = await waitFor(over, { what: 'the job to end' });
    const job = await (await rawQueue(port, queue)).getJob('noop-1-0');
    return { counts, deliveries, job, outcomes: outcomes.map((one) => one.outcome), port, queue };
  }

  test('a failed job runs again after the backoff, which doubles', async () => {
    const { counts, deliveries, outcomes } = await run([new Error('one'), new Error('two')]);
    expect(counts.completed).toBe(1);
    expect(deliveries.map((one) => one.delivery)).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = deliveries.map((one) => one.atMs);
    const { baseMs, jitter } = jobs.noop.backoff;
    expect(second - first).toBeGreaterThanOrEqual(baseMs * (1 - jitter) - 10);
    expect(third - second).toBeGreaterThanOrEqual(2 * baseMs * (1 - jitter) - 10);
    expect(outcomes).toEqual(['retry', 'retry', 'done']);
  });

  test('a job that keeps failing ends as failed after its attempts', async () => {
    const errors = Array.from({ length: 9 }, () => new Error('again'));
    const { counts, deliveries, outcomes, port, queue } = await run(errors);
    expect(counts.failed).toBe(1);
    expect(deliveries).toHaveLength(jobs.noop.attempts);
    expect(outcomes).toEqual(['retry', 'retry', 'failed']);
    expect((await port.present(queue, ['noop-1-0'])).size).toBe(0);
  });

  test('a terminal error ends the job at once, with its message kept', async () => {
    const { counts, deliveries, job, outcomes } = await run([terminal]);
    expect(counts.failed).toBe(1);
    expect(deliveries).toHaveLength(1);
    expect(outcomes).toEqual(['failed']);
    expect(job?.failedReason).toBe('TEST_TERMINAL: it cannot be done. Give up');
  });

  test('NUL and lone surrogates in an error neither lose the reason nor stall the job', async () => {
    const dirty = new PenstockError({
      code: 'TEST_DIRTY',
      retry: 'retryable',
      actor: 'us',
      what: 'a\u0000b\ud800c',
      now: 'Clean it',
    });
    const { counts, deliveries, job } = await run([dirty, dirty, dirty]);
    expect(counts.failed).toBe(1);
    expect(deliveries).toHaveLength(3);
    expect(job?.failedReason).toBe('TEST_DIRTY: ab\ufffdc. Clean it');
  });

  test("another library's message is withheld, since it may quote a row", async () => {
    const quoting = Object.assign(new Error('invalid input: "12345678000195"'), { code: '22P02' });
    const { job } = await run([quoting, quoting, quoting]);
    expect(job?.failedReason).toContain('22P02');
    expect(JSON.stringify(job)).not.toContain('12345678000195');
    expect(job?.stacktrace.join('\n')).toContain('failure.test.ts');
  });

  test('a thrown string fails the job with a reason too', async () => {
    const { counts, job } = await run(['bad', 'bad', 'bad']);
    expect(counts.failed).toBe(1);
    expect(job?.failedReason).toBe('a value of type string was thrown');
  });

  test('NUL and lone surrogates in a payload are taken out on both ends alike', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const seen: string[] = [];
    const advanceRun = async ({ runId }: PayloadOf<'advanceRun'>): Promise<void> => void seen.push(runId);
    await port.work(queue, { advanceRun }, { concurrency: 1 });
    await port.enqueue(queue, 'advanceRun', { runId: 'r\u00001\ud800 ção' });
    await waitFor(() => seen.length === 1, { what: 'the job' });
    expect(seen).toEqual(['r1\ufffd ção']);
  });

  test('no job ends at its first failure, even where the catalogue allows one attempt', async () => {
    const port = await bench.open();
    const queue = bench.name();
    let deliveries = 0;
    const tick = async (): Promise<void> => {
      deliveries += 1;
      if (deliveries === 1) throw new Error('once');
    };
    await port.work(queue, { tick }, { concurrency: 1 });
    await port.enqueue(queue, 'tick', {});
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the second delivery' });
    expect(deliveries).toBe(2);
  });
});
