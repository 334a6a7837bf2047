import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillQueues } from '#services/scheduler/fill-queues.ts';
import { queues } from '#shared/contracts/jobs.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { liveProcesses, registerProcess } from '#shared/ledger/processes.ts';
import { closeRun } from '#shared/ledger/run-lifecycle.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { claimTask, finishTask } from '#shared/ledger/task-attempts.ts';
import { tasksOf } from '#shared/ledger/tasks.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { claimed, claimedTask, runWithTasks } from '../ledger/ledger-fixture.ts';
import { foundIn, openReconcilerBench, type ReconcilerBench, SLEEPING } from './reconciler-bench.ts';

const DAY_MS = 86_400_000;
const extract = { kind: 'extract', stream: 's' } as const;

describeOverQueues('reconciler and ledger', (queue) => {
  let platform: TestPlatform;
  let bench: ReconcilerBench;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue, environment: SLEEPING });
    bench = await openReconcilerBench(platform);
  });
  afterAll(async () => {
    await bench.stop();
    await platform.stop();
  });

  const statusOf = async (runId: string) =>
    (await tasksOf(bench.deps.ledger, runId)).map(({ status }) => status);
  const age = (column: 'lease_until' | 'enqueued_at', taskId: string | undefined) =>
    bench.deps.ledger.rows(`update ops.tasks set ${column} = 'epoch' where task_id = $1`, [taskId]);
  /** Ends a run, so that the next test's passes find nothing of it. */
  async function finish(runId: string): Promise<void> {
    const { ledger } = bench.deps;
    for (const { taskId, status } of await tasksOf(ledger, runId)) {
      if (status === 'queued' || status === 'pending')
        await finishTask(ledger, await claimed(ledger, taskId), 'succeeded');
    }
    await closeRun(ledger, runId, 'succeeded', {});
  }

  test('a task whose worker died goes back, one whose worker lives stays', async () => {
    const dead = await claimedTask(bench.deps.ledger);
    const alive = await claimedTask(bench.deps.ledger);
    await age('lease_until', dead.taskId);
    expect(foundIn(await bench.pass())).toEqual({ expired_lease: 1 });
    expect(await statusOf(dead.runId)).toEqual(['pending']);
    expect(await statusOf(alive.runId)).toEqual(['running']);
    // What the dead worker would still write is refused: its attempt is over.
    await expect(finishTask(bench.deps.ledger, dead, 'succeeded')).rejects.toMatchObject({
      code: 'LEDGER_SUPERSEDED_ATTEMPT',
    });
    await finishTask(bench.deps.ledger, alive, 'succeeded');
    await closeRun(bench.deps.ledger, alive.runId, 'succeeded', {});
    await finish(dead.runId);
  });

  test('a task whose job the queue lost gets another one, a young or present one does not', async () => {
    const { ledger } = bench.deps;
    const present = await runWithTasks(ledger, [extract]);
    await fillQueues(bench.deps);
    await age('enqueued_at', present.taskIds[0]);
    const [lost, young] = [await runWithTasks(ledger, [extract]), await runWithTasks(ledger, [extract])];
    // Marked as queued by a scheduler that died before it enqueued.
    await ledger.rows(
      `update ops.tasks set status = 'queued', generation = 1, job_id = kind || '-' || task_id || '-1',
         enqueued_at = clock_timestamp() where run_id = any($1)`,
      [[lost.runId, young.runId]],
    );
    await age('enqueued_at', lost.taskIds[0]);
    expect(foundIn(await bench.pass())).toEqual({ lost_job: 1 });
    expect(await statusOf(lost.runId)).toEqual(['pending']);
    expect(await statusOf(young.runId)).toEqual(['queued']);
    expect(await statusOf(present.runId)).toEqual(['queued']);
    await fillQueues(bench.deps);
    const [task] = await ledger.rows<{ job: string; shard: string; generation: number }>(
      'select job_id as job, shard, generation from ops.tasks where run_id = $1',
      [lost.runId],
    );
    expect(task?.generation).toBe(2);
    expect(await bench.deps.queue.present(queues.extract(task?.shard ?? ''), [task?.job ?? ''])).toEqual(
      new Set([task?.job]),
    );
    for (const { runId } of [present, lost, young]) await finish(runId);
  });

  test('a silent process is taken for dead, one that beats is not', async () => {
    const { ledger } = bench.deps;
    await registerProcess(ledger, { processId: 'silent', service: 'loader' });
    await registerProcess(ledger, { processId: 'beating', service: 'loader' });
    await ledger.rows(`update ops.processes set heartbeat_at = 'epoch' where process_id = 'silent'`, []);
    expect(foundIn(await bench.pass())).toEqual({ silent_process: 1 });
    const live = (await liveProcesses(ledger, DAY_MS)).map(({ processId }) => processId);
    expect(live).toContain('beating');
    expect(live).not.toContain('silent');
  });

  test('runs older than the retention go, younger ones stay', async () => {
    const { ledger, settings } = bench.deps;
    const { runId } = await runWithTasks(ledger, [extract]);
    await finish(runId);
    expect(foundIn(await bench.pass())).toEqual({});
    const later = new Date(Date.now() + (settings.keepRunsDays + 1) * DAY_MS);
    expect((await bench.pass({ now: () => later }))['old_run']).toBeGreaterThan(0);
    expect(await getRun(ledger, runId)).toBeUndefined();
  });

  test('a step that fails is logged and tried again; the others go on', async () => {
    const { ledger } = bench.deps;
    const dead = await claimedTask(ledger);
    await age('lease_until', dead.taskId);
    const file = join(platform.landingDir, 'no-folder');
    await writeFile(file, '');
    const broken = openLandingStore({ url: pathToFileURL(file).href });
    await registerProcess(ledger, { processId: 'silent too', service: 'loader' });
    await ledger.rows(`update ops.processes set heartbeat_at = 'epoch' where process_id = 'silent too'`, []);
    expect(foundIn(await bench.pass({ landing: broken }))).toEqual({ expired_lease: 1, silent_process: 1 });
    expect(await bench.counted('expired_lease')).toBe(2);
    await finish(dead.runId);
  });

  test('what two reconcilers find at once is mended once', async () => {
    const { ledger } = bench.deps;
    const tasks = await Promise.all(Array.from({ length: 5 }, () => claimedTask(ledger)));
    for (const { taskId } of tasks) await age('lease_until', taskId);
    const passes = await Promise.all([bench.pass(), bench.pass(), bench.pass()]);
    expect(passes.reduce((sum, found) => sum + (found['expired_lease'] ?? 0), 0)).toBe(5);
    const again = await claimTask(ledger, tasks[0]?.taskId ?? '', {
      owner: 'w',
      jobId: 'j',
      leaseMs: 60_000,
    });
    expect(again.claimed?.attempt).toBe(2);
  });
});
