import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import {
  cancelWaitingTasks,
  closeRun,
  releaseHeld,
  requestCancel,
  retryRun,
  startRun,
} from '#shared/ledger/run-lifecycle.ts';
import {
  createDueRun,
  createRun,
  type DueRun,
  getRun,
  lastDueTime,
  listRuns,
  openRuns,
} from '#shared/ledger/runs.ts';
import { cancelTask, failTask, finishTask } from '#shared/ledger/task-attempts.ts';
import { pendingByQueue, takePending } from '#shared/ledger/task-queueing.ts';
import { hasOpenTasks, taskCounts, taskStates, tasksOf } from '#shared/ledger/tasks.ts';
import {
  claimed,
  type LedgerFixture,
  ledgerFixture,
  newRun,
  randomName,
  runWithTasks,
} from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

function dueRun(pipeline: string, logicalTime: string): DueRun {
  const { kind: _, ...run } = newRun({ pipeline, logicalTime });
  return { ...run, schedule: 'daily' };
}

const failure = { code: 'X', message: 'broke', actor: 'us' };
const one = '2024-05-01T10:00:00.000Z';
const two = '2024-05-02T10:00:00.000Z';

test('a run is created once per id and per idempotency key', async () => {
  const run = newRun({ idempotencyKey: 'k1' });
  const first = await createRun(ledger, run);
  expect(first).toMatchObject({ outcome: 'created', run: { ...run, status: 'queued', schedule: null } });
  expect((await createRun(ledger, run)).outcome).toBe('exists');
  const other = await createRun(ledger, { ...run, runId: randomName('r') });
  expect(other).toMatchObject({ outcome: 'exists', run: { runId: run.runId } });
});

test('twenty schedulers make one run of one due time', async () => {
  const pipeline = randomName('p');
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => createDueRun(ledger, dueRun(pipeline, one))),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
  expect(outcomes.filter(({ outcome }) => outcome === 'exists')).toHaveLength(19);
  expect(new Set(outcomes.map(({ run }) => run.runId)).size).toBe(1);
});

test('twenty due times at once make one open run; the others fold into it once each', async () => {
  const pipeline = randomName('p');
  const times = Array.from({ length: 20 }, (_, day) => new Date(Date.UTC(2024, 0, day + 1)).toISOString());
  const dues = times.map((time) => dueRun(pipeline, time));
  const outcomes = await Promise.all([...dues, ...dues].map((due) => createDueRun(ledger, due)));
  const created = outcomes.filter(({ outcome }) => outcome === 'created');
  expect(created).toHaveLength(1);
  const run = await getRun(ledger, created[0]?.run.runId ?? '');
  const folded = run?.foldedTimes.toSorted();
  expect(folded).toEqual(times.filter((time) => time !== run?.logicalTime));
});

test('a folded time gets its run when the open one has closed', async () => {
  const pipeline = randomName('p');
  const { run } = await createDueRun(ledger, dueRun(pipeline, one));
  expect((await createDueRun(ledger, dueRun(pipeline, two))).outcome).toBe('folded');
  expect(await lastDueTime(ledger, pipeline, 'daily')).toBe(one);
  await startRun(ledger, run.runId);
  await closeRun(ledger, run.runId, 'succeeded', {});
  expect((await createDueRun(ledger, dueRun(pipeline, one))).outcome).toBe('exists');
  expect((await createDueRun(ledger, dueRun(pipeline, two))).outcome).toBe('created');
  expect(await lastDueTime(ledger, pipeline, 'daily')).toBe(two);
});

test('a run closes once, and never with open tasks', async () => {
  const { runId, taskIds } = await runWithTasks(ledger, [{ kind: 'load', stream: 's' }]);
  await expect(closeRun(ledger, runId, 'succeeded', {})).rejects.toMatchObject({
    code: ledgerErrors.runHasOpenTasks.code,
  });
  await finishTask(ledger, await claimed(ledger, taskIds[0]), 'succeeded');
  expect(await closeRun(ledger, runId, 'partial', { missing: 1 })).toBe('closed');
  expect(await closeRun(ledger, runId, 'succeeded', {})).toBe('already');
  expect(await getRun(ledger, runId)).toMatchObject({ status: 'partial', manifest: { missing: 1 } });
  expect((await openRuns(ledger)).map((run) => run.runId)).not.toContain(runId);
});

test('cancelling ends what waits at once, and the rest when it is aborted', async () => {
  const { runId, taskIds } = await runWithTasks(ledger, [
    { kind: 'extract', stream: 's', slice: 'runs' },
    { kind: 'extract', stream: 's', slice: 'waits' },
  ]);
  const task = await claimed(ledger, taskIds[0]);
  expect(await requestCancel(ledger, runId)).toBe('requested');
  expect(await requestCancel(ledger, runId)).toBe('already');
  expect((await tasksOf(ledger, runId)).map(({ status }) => status)).toEqual(['running', 'cancelled']);
  await cancelTask(ledger, task);
  expect(await cancelWaitingTasks(ledger, runId)).toBe(0);
  await closeRun(ledger, runId, 'cancelled', {});
  expect(await requestCancel(ledger, runId)).toBe('closed');
  expect(await requestCancel(ledger, 'nobody')).toBe('not_found');
});

test('a retry opens a closed run: failed tasks again, what stands behind them held', async () => {
  const { runId, taskIds } = await runWithTasks(ledger, [
    { kind: 'extract', stream: 's', slice: 'bad', maxAttempts: 1 },
    { kind: 'load', stream: 's' },
    { kind: 'extract', stream: 's', slice: 'good' },
  ]);
  await failTask(ledger, await claimed(ledger, taskIds[0]), failure, { retryInMs: 0 });
  await finishTask(ledger, await claimed(ledger, taskIds[1]), 'succeeded');
  await finishTask(ledger, await claimed(ledger, taskIds[2]), 'succeeded');
  await expect(retryRun(ledger, runId)).rejects.toMatchObject({ code: ledgerErrors.illegalMove.code });
  await closeRun(ledger, runId, 'partial', {});
  expect(await retryRun(ledger, runId, { again: ['load'], hold: ['load'] })).toBe(2);
  expect(await getRun(ledger, runId)).toMatchObject({ status: 'running', retries: 1, manifest: null });
  const tasks = await tasksOf(ledger, runId);
  expect(tasks).toMatchObject([
    { status: 'pending', failures: 0, attempt: 1, held: false },
    { status: 'pending', held: true },
    { status: 'succeeded' },
  ]);
  expect(await takePending(ledger, { kind: 'load', limit: 1_000 })).toEqual([]);
  await releaseHeld(ledger, runId, [{ kind: 'load', stream: 's' }]);
  expect((await takePending(ledger, { kind: 'load', limit: 1_000 })).map((task) => task.taskId)).toEqual([
    taskIds[1],
  ]);
});

test('a scheduled run is not retried while another of its schedule is open', async () => {
  const pipeline = randomName('p');
  const { run } = await createDueRun(ledger, dueRun(pipeline, one));
  await closeRun(ledger, run.runId, 'failed', {});
  await createDueRun(ledger, dueRun(pipeline, two));
  await expect(retryRun(ledger, run.runId)).rejects.toMatchObject({ code: ledgerErrors.runSlotTaken.code });
  expect((await getRun(ledger, run.runId))?.status).toBe('failed');
});

test('runs are listed newest first, page by page', async () => {
  const pipeline = randomName('p');
  for (let index = 0; index < 5; index += 1) await createRun(ledger, newRun({ pipeline }));
  const all = await listRuns(ledger, { pipeline });
  const firstPage = await listRuns(ledger, { pipeline, limit: 2 });
  const rest = await listRuns(ledger, { pipeline, before: firstPage[1]?.runId ?? '' });
  expect([...firstPage, ...rest]).toEqual(all);
  expect(all.map((run) => run.requestedAt)).toEqual(
    all
      .map((run) => run.requestedAt)
      .toSorted()
      .toReversed(),
  );
});

test('states and queues are found by skipping, and agree with counting', async () => {
  const { runId, taskIds } = await runWithTasks(ledger, [
    { kind: 'extract', stream: 'a', slice: '1', shard: 'east' },
    { kind: 'extract', stream: 'a', slice: '2', shard: 'west' },
    { kind: 'extract', stream: 'b', slice: '1', shard: 'west' },
    { kind: 'noop' },
  ]);
  await finishTask(ledger, await claimed(ledger, taskIds[0]), 'succeeded');
  const counts = await taskCounts(ledger, runId);
  const plain = counts.map(({ kind, stream, status }) => ({ kind, stream, status, held: false }));
  expect(await taskStates(ledger, runId)).toEqual(plain);
  expect(plain).toHaveLength(4);
  const queues = await pendingByQueue(ledger);
  expect(queues).toContainEqual({ kind: 'extract', shard: 'west' });
  expect(queues).not.toContainEqual({ kind: 'extract', shard: 'east' });
  expect(queues).toContainEqual({ kind: 'noop', shard: 'main' });
  expect(await hasOpenTasks(ledger, runId)).toBe(true);
});

test('text that jsonb refuses is recorded all the same', async () => {
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'load', stream: 's', maxAttempts: 1 }]);
  const message = 'nul \u0000 and lone \ud800 surrogate';
  await failTask(ledger, await claimed(ledger, taskIds[0]), { ...failure, message }, { giveUp: true });
});
