import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { openLedger } from '#shared/ledger/ledger.ts';
import { getTask, type Task } from '#shared/ledger/tasks.ts';
import { queueErrors } from '#shared/queue/errors.ts';
import type { JobContext, QueuePort } from '#shared/queue/queue-port.ts';
import { openQueueStore } from '#shared/runtime/open-queue-store.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { TaskRunner, type TaskWork } from '#shared/task-runner/task-runner.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { randomName, runWithTasks } from './ledger/ledger-fixture.ts';

const log = createLogger('test', 'silent');
const metrics = createMetrics({ processMetrics: false });
let platform: TestPlatform;
let ledger: Ledger;
let queue: QueuePort;
let runner: TaskRunner;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { settings } = await serviceInput(platform.environment, process.cwd(), false);
  ledger = await openLedger({ url: platform.ledgerUrl, applicationName: 'test-client', poolSize: 2 });
  queue = await openQueueStore(settings, ledger, log, metrics);
});
beforeEach(() => {
  runner = new TaskRunner({
    ...{ ledger, queue, owner: randomName('w'), leaseMs: 60_000, retryBaseMs: 10, log, metrics },
  });
});
afterAll(async () => {
  await queue.close({ deadlineMs: 2_000 });
  await ledger.close();
  await platform.stop();
});

/** Runs one task by a job of its own. @returns the task as the ledger has it afterwards. */
async function ran(work: TaskWork, signal = new AbortController().signal): Promise<Task> {
  const { taskId, handled } = await begun(work, signal);
  await handled;
  return found(taskId);
}

async function begun(work: TaskWork, signal = new AbortController().signal) {
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'extract', stream: 's' }], {
    pipeline: randomName('p'),
  });
  const taskId = taskIds[0] ?? '';
  const context: JobContext = { jobId: randomName('job'), queue: 'q', signal, delivery: 1, enqueuedAtMs: 0 };
  return { taskId, handled: runner.handler('extract', work)({ taskId, generation: 0 }, context) };
}

async function found(taskId: string): Promise<Task> {
  const task = await getTask(ledger, taskId);
  if (task === undefined) throw new Error('the task is there');
  return task;
}

/** Work that is stopped while it waits, by `reason`. */
function stoppedBy(reason: Error): Promise<Task> {
  const job = new AbortController();
  return ran(async (_task, { signal }) => {
    job.abort(reason);
    signal.throwIfAborted();
    throw new Error('it was not stopped');
  }, job.signal);
}

test('a job that lost its lock counts no failure; one that ran out of time does', async () => {
  const lockLost = new PenstockError(queueErrors.lockLost, { queue: 'q', jobId: 'j' });
  expect(await stoppedBy(lockLost)).toMatchObject({ status: 'pending', failures: 0, error: null });
  const timedOut = new PenstockError(queueErrors.timedOut, { queue: 'q', jobId: 'j', timeoutMs: 1 });
  expect(await stoppedBy(timedOut)).toMatchObject({ status: 'pending', failures: 1 });
  expect(await ran(() => Promise.reject(new Error('broken')))).toMatchObject({ failures: 1 });
});

test('work that frees its slot ends its job at once and its task when it is done', async () => {
  const more = Promise.withResolvers<void>();
  const { taskId, handled } = await begun(async (_task, { freeSlot }) => {
    freeSlot();
    await more.promise;
    return { status: 'succeeded', result: { rows: 3 } };
  });
  await handled;
  expect(await found(taskId)).toMatchObject({ status: 'running', attempt: 1 });
  more.resolve();
  await runner.stop();
  expect(await found(taskId)).toMatchObject({ status: 'succeeded', result: { rows: 3 } });
});

test('work that fails after it freed its slot is a failed attempt as any other', async () => {
  const { taskId, handled } = await begun(async (_task, { freeSlot }) => {
    freeSlot();
    await Promise.resolve();
    throw new Error('broken');
  });
  await handled;
  await runner.stop();
  expect(await found(taskId)).toMatchObject({ status: 'pending', failures: 1 });
});
