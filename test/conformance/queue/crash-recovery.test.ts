import { afterEach, expect, test } from 'vitest';
import { QUEUE_DEFAULTS, recoveryBoundMs } from '#shared/queue/queue-config.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/support/queue-worker-process.ts';

const PROMISED_MS = 20_000;

describeQueueBackends('recovery with production settings (slow)', (kind) => {
  const bench = useQueueBench(kind);
  const processes: WorkerProcess[] = [];
  afterEach(() => Promise.all(processes.splice(0).map((one) => one.end())));

  test('is computed to take at most 20 s, and a killed worker’s job was running again by then', async () => {
    expect(recoveryBoundMs(QUEUE_DEFAULTS)).toBeLessThanOrEqual(PROMISED_MS);
    const port = await bench.open();
    const queue = bench.name();
    const orders = { url: bench.url, prefix: bench.prefix, queue, concurrency: 1 };
    const victim = await startWorkerProcess({ ...orders, holdMs: 3_600_000 });
    processes.push(victim);
    await port.enqueue(queue, 'noop', { taskId: '1', generation: 0 });
    await victim.until('start');
    const heir = await startWorkerProcess({ ...orders, holdMs: 0 });
    processes.push(heir);
    const killedAtMs = Date.now();
    await victim.end();
    const again = await heir.until('start', PROMISED_MS);
    expect(again.atMs - killedAtMs).toBeLessThanOrEqual(PROMISED_MS);
    // With a shorter lock than configured it would be here much sooner.
    expect(again.atMs - killedAtMs).toBeGreaterThan(QUEUE_DEFAULTS.lockMs / 2 - 1_000);
  });
});
