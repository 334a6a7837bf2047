import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillQueues } from '#services/scheduler/fill-queues.ts';
import { closeRun } from '#shared/ledger/run-lifecycle.ts';
import { claimTask, finishTask } from '#shared/ledger/task-attempts.ts';
import { tasksOf } from '#shared/ledger/tasks.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { LEASE_MS, runWithTasks } from '../ledger/ledger-fixture.ts';
import { openReconcilerBench, type ReconcilerBench, SLEEPING } from './reconciler-bench.ts';

const MARK = 8;
const HERE = Array.from(
  { length: 30 },
  (_, i) => ({ kind: 'noop', stream: `s${i}`, shard: 'here' }) as const,
);
const THERE = Array.from(
  { length: 3 },
  (_, i) => ({ kind: 'noop', stream: `t${i}`, shard: 'there' }) as const,
);

// Invariant 10: what a queue holds is bounded, whatever the number of tasks.
describeOverQueues('high-water mark', (queue) => {
  let platform: TestPlatform;
  let bench: ReconcilerBench;

  beforeAll(async () => {
    platform = await startTestPlatform({
      queue,
      environment: { ...SLEEPING, PENSTOCK_HIGH_WATER: String(MARK) },
    });
    bench = await openReconcilerBench(platform);
  });
  afterAll(async () => {
    await bench.stop();
    await platform.stop();
  });

  test('a queue never holds more than its mark, is refilled once a quarter is gone, and ends empty', async () => {
    const { ledger } = bench.deps;
    const { runId } = await runWithTasks(ledger, [...HERE, ...THERE]);
    const queued = async () =>
      (await tasksOf(ledger, runId)).filter(({ status, shard }) => status === 'queued' && shard === 'here');
    expect(await fillQueues(bench.deps)).toBe(MARK + THERE.length);
    expect(await fillQueues(bench.deps)).toBe(0);
    let done = 0;
    for (let first = true; done < HERE.length; first = false) {
      const waiting = await queued();
      expect(waiting.length).toBeLessThanOrEqual(MARK);
      // One less is no reason to fill; a quarter less is.
      const worked = waiting.slice(0, first ? 1 : 2);
      for (const { taskId } of worked) await work(taskId);
      done += worked.length;
      const filled = await fillQueues(bench.deps);
      expect(filled).toBeLessThanOrEqual(MARK - (waiting.length - worked.length));
      if (first) expect(filled).toBe(0);
    }
    expect(await queued()).toEqual([]);
    for (const { taskId, status } of await tasksOf(ledger, runId))
      if (status === 'queued') await work(taskId);
    await closeRun(ledger, runId, 'succeeded', {});
  });

  async function work(taskId: string): Promise<void> {
    const { ledger } = bench.deps;
    const answer = await claimTask(ledger, taskId, { owner: 'w', jobId: `job-${taskId}`, leaseMs: LEASE_MS });
    if (answer.claimed === undefined) throw new Error(`refused: ${answer.refused}`);
    await finishTask(ledger, answer.claimed, 'succeeded');
  }
});
