import { afterEach, expect, test } from 'vitest';
import { recoveryBoundMs } from '#shared/queue/queue-config.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/support/queue-worker-process.ts';
import { waitFor } from '#test/support/wait-for.ts';

const settings = { lockMs: 1_000, stalledIntervalMs: 500 };
const FOR_EVER_MS = 3_600_000;
/** Scheduling on a busy machine. */
const SLACK_MS = 2_000;

describeQueueBackends('a worker process', (kind) => {
  const bench = useQueueBench(kind);
  const processes: WorkerProcess[] = [];
  afterEach(() => Promise.all(processes.splice(0).map((one) => one.end())));

  async function start(queue: string, holdMs: number): Promise<WorkerProcess> {
    const { url, prefix } = bench;
    const one = await startWorkerProcess({ url, prefix, queue, concurrency: 1, holdMs, ...settings });
    processes.push(one);
    return one;
  }

  test('killed with kill -9 has its job run again by another within lock and two looks', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const victim = await start(queue, FOR_EVER_MS);
    await port.enqueue(queue, 'noop', { taskId: '1', generation: 0 });
    await victim.until('start');
    const heir = await start(queue, 0);
    const killedAtMs = Date.now();
    victim.signal('SIGKILL');
    const again = await heir.until('start');
    expect(again).toMatchObject({ jobId: 'noop-1-0', delivery: 2 });
    expect(again.atMs - killedAtMs).toBeLessThan(recoveryBoundMs(settings) + SLACK_MS);
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the job to end' });
  });

  test('killed five times in a row over one job does not fail it', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await port.enqueue(queue, 'noop', { taskId: '1', generation: 0 });
    for (let crash = 1; crash <= 5; crash += 1) {
      const victim = await start(queue, FOR_EVER_MS);
      expect(await victim.until('start')).toMatchObject({ delivery: crash });
      await victim.end();
    }
    const last = await start(queue, 0);
    expect(await last.until('start')).toMatchObject({ delivery: 6 });
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the job to end' });
    expect((await port.counts(queue)).failed).toBe(0);
  });

  test('frozen past its lock learns that it lost the job, which ran elsewhere', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const sleeper = await start(queue, FOR_EVER_MS);
    await port.enqueue(queue, 'noop', { taskId: '1', generation: 0 });
    await sleeper.until('start');
    sleeper.signal('SIGSTOP');
    const heir = await start(queue, 0);
    await heir.until('end');
    sleeper.signal('SIGCONT');
    expect(await sleeper.until('aborted')).toMatchObject({ reason: 'QUEUE_JOB_LOCK_LOST' });
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'one completion' });
    expect((await port.counts(queue)).failed).toBe(0);
  });
});
