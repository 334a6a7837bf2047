import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobs } from '#shared/contracts/jobs.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { type Ledger, openLedger } from '#shared/ledger/ledger.ts';
import { requestCancel } from '#shared/ledger/run-lifecycle.ts';
import { claimTask, failTask, finishTask, releaseTask } from '#shared/ledger/task-attempts.ts';
import { expireLeases, heartbeat } from '#shared/ledger/task-leases.ts';
import { queuedTasks, requeueLost, takePending, unqueueTasks } from '#shared/ledger/task-queueing.ts';
import { getTask, insertTasks, openTaskCounts, tasksOf } from '#shared/ledger/tasks.ts';
import { waitFor } from '#test/support/wait-for.ts';
import {
  claimed,
  claimedTask,
  LEASE_MS,
  type LedgerFixture,
  ledgerFixture,
  runWithTasks,
} from './ledger-fixture.ts';

let fixture: LedgerFixture;
let plain: Ledger;

beforeAll(async () => {
  fixture = await ledgerFixture();
  plain = await openLedger({ url: fixture.url, applicationName: 'ledger-test-plain', batching: false });
});
afterAll(async () => {
  await plain.close();
  await fixture.close();
});

const failure = { code: 'X', message: 'broke', actor: 'us' };
const by = (jobId: string, owner = 'w1', leaseMs = LEASE_MS) => ({ owner, jobId, leaseMs });

describe.each(['batched', 'plain'] as const)('claims, %s', (mode) => {
  const ledgerOf = (): Ledger => (mode === 'plain' ? plain : fixture.ledger);

  test('one of many concurrent claims wins', async () => {
    const ledger = ledgerOf();
    const { taskIds } = await runWithTasks(ledger, [{ kind: 'load', stream: 's' }]);
    const taskId = taskIds[0] ?? '';
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => claimTask(ledger, taskId, by(`j${index}`))),
    );
    expect(answers.filter((answer) => answer.claimed !== undefined)).toHaveLength(1);
    expect(answers.filter((answer) => answer.refused === 'leased')).toHaveLength(19);
    expect((await getTask(ledger, taskId))?.attempt).toBe(1);
  });

  test('a busy slice refuses its second extract, and only that', async () => {
    const ledger = ledgerOf();
    const first = await runWithTasks(ledger, [{ kind: 'extract', stream: 's', slice: 'a' }]);
    const second = await runWithTasks(
      ledger,
      [
        { kind: 'extract', stream: 's', slice: 'a' },
        { kind: 'extract', stream: 's', slice: 'b' },
      ],
      { pipeline: first.pipeline },
    );
    const ids = [...first.taskIds, ...second.taskIds];
    const answers = await Promise.all(ids.map((id) => claimTask(ledger, id, by(`j${id}`))));
    expect(answers.filter((answer) => answer.refused === 'slice_busy')).toHaveLength(1);
    expect(answers[2]?.claimed).toBeDefined();
    const refused = ids[answers.findIndex((answer) => answer.refused === 'slice_busy')] ?? '';
    expect(await getTask(ledger, refused)).toMatchObject({ status: 'pending', attempt: 0 });
  });

  test.each([
    ['merge', { kind: 'merge', stream: 's' }],
    ['models', { kind: 'models' }],
  ] as const)('two runs never have a running %s at once', async (_, spec) => {
    const ledger = ledgerOf();
    const first = await runWithTasks(ledger, [spec]);
    const second = await runWithTasks(ledger, [spec], { pipeline: first.pipeline });
    const task = await claimed(ledger, first.taskIds[0]);
    expect(await claimTask(ledger, second.taskIds[0] ?? '', by('j'))).toEqual({ refused: 'slice_busy' });
    await finishTask(ledger, task, 'succeeded');
    expect((await claimTask(ledger, second.taskIds[0] ?? '', by('j'))).claimed).toBeDefined();
  });

  test('a redelivered job takes its task over, and fences the former worker', async () => {
    const ledger = ledgerOf();
    const { taskIds } = await runWithTasks(ledger, [{ kind: 'extract', stream: 's' }]);
    const former = await claimed(ledger, taskIds[0], 'job-1', 'w1');
    const now = await claimed(ledger, taskIds[0], 'job-1', 'w2');
    expect(now.attempt).toBe(former.attempt + 1);
    await expect(finishTask(ledger, former, 'succeeded')).rejects.toMatchObject({
      code: ledgerErrors.superseded.code,
      retry: 'terminal',
    });
    await finishTask(ledger, now, 'succeeded', { rows: 3 });
    expect(await getTask(ledger, now.taskId)).toMatchObject({
      status: 'succeeded',
      result: { rows: 3 },
      lostLeases: 1,
    });
  });

  test('says why it refuses', async () => {
    const ledger = ledgerOf();
    const { taskIds, runId } = await runWithTasks(ledger, [
      { kind: 'extract', stream: 's', slice: 'done' },
      { kind: 'extract', stream: 's', slice: 'later' },
      { kind: 'extract', stream: 's', slice: 'other' },
    ]);
    const [done, later, other] = taskIds;
    await finishTask(ledger, await claimed(ledger, done), 'no_changes');
    await failTask(ledger, await claimed(ledger, later), failure, { retryInMs: 60_000 });
    expect(await claimTask(ledger, done ?? '', by('j'))).toEqual({ refused: 'finished' });
    expect(await claimTask(ledger, later ?? '', by('j'))).toEqual({ refused: 'not_yet' });
    expect(await claimTask(ledger, '999999999', by('j'))).toEqual({ refused: 'not_found' });
    const running = await claimed(ledger, other);
    await requestCancel(ledger, runId);
    expect(await claimTask(ledger, running.taskId, by('j'))).toEqual({ refused: 'cancelled' });
    expect(await claimTask(ledger, later ?? '', by('j'))).toEqual({ refused: 'finished' });
  });

  test('an expired lease can be claimed by another job', async () => {
    const ledger = ledgerOf();
    const { taskIds } = await runWithTasks(ledger, [{ kind: 'load', stream: 's' }]);
    const taskId = taskIds[0] ?? '';
    await claimTask(ledger, taskId, by('j1', 'w1', 1));
    const answer = await waitFor(
      async () => {
        const claim = await claimTask(ledger, taskId, by('j2', 'w2'));
        return claim.claimed;
      },
      { what: 'the lease to expire' },
    );
    expect(answer.attempt).toBe(2);
  });

  test('finishing twice is superseded the second time, also in one tick', async () => {
    const ledger = ledgerOf();
    const task = await claimedTask(ledger, { kind: 'noop' });
    const ends = await Promise.allSettled([
      finishTask(ledger, task, 'succeeded'),
      finishTask(ledger, task, 'no_changes'),
    ]);
    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

test('a race lost inside a batch costs only the one that lost it', async () => {
  const { ledger } = fixture;
  const first = await runWithTasks(ledger, [{ kind: 'extract', stream: 's', slice: 'a' }]);
  const second = await runWithTasks(
    ledger,
    ['a', 'b', 'c'].map((slice) => ({ kind: 'extract', stream: 's', slice })),
    { pipeline: first.pipeline },
  );
  const rival = await ledger.pool.connect();
  try {
    await rival.query('BEGIN');
    // Not committed yet: the batch cannot see it, and finds out by the unique index.
    await rival.query(
      `UPDATE ops.tasks SET status = 'running', attempt = 1, owner = 'o', lease_until = now() + interval '1 h',
         started_at = now(), job_id = 'j' WHERE task_id = $1`,
      [first.taskIds[0]],
    );
    const claims = Promise.all(second.taskIds.map((id) => claimTask(ledger, id, by(`j${id}`))));
    const blocked = async () =>
      (
        await ledger.rows(
          'SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()',
        )
      ).length > 0;
    await waitFor(blocked, { what: 'the batch to wait for its rival' });
    await rival.query('COMMIT');
    const answers = await claims;
    expect(answers.map((answer) => answer.refused ?? 'claimed')).toEqual([
      'slice_busy',
      'claimed',
      'claimed',
    ]);
  } finally {
    rival.release();
  }
});

test('failures spend the budget, releases do not', async () => {
  const { ledger } = fixture;
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'load', stream: 's', maxAttempts: 2 }]);
  await releaseTask(ledger, await claimed(ledger, taskIds[0]));
  expect(await failTask(ledger, await claimed(ledger, taskIds[0]), failure, { retryInMs: 0 })).toBe(
    'retrying',
  );
  expect(await getTask(ledger, taskIds[0] ?? '')).toMatchObject({
    status: 'pending',
    failures: 1,
    error: failure,
  });
  expect(await failTask(ledger, await claimed(ledger, taskIds[0]), failure, { retryInMs: 0 })).toBe('failed');
  expect(await getTask(ledger, taskIds[0] ?? '')).toMatchObject({
    status: 'failed',
    failures: 2,
    attempt: 3,
  });
});

test('giving up ends a task whatever its budget', async () => {
  const task = await claimedTask(fixture.ledger);
  expect(await failTask(fixture.ledger, task, failure, { giveUp: true })).toBe('failed');
});

test('heartbeat renews what is held and names what is not', async () => {
  const { ledger } = fixture;
  const { taskIds } = await runWithTasks(ledger, [
    { kind: 'extract', stream: 's', slice: 'kept' },
    { kind: 'extract', stream: 's', slice: 'taken' },
    { kind: 'extract', stream: 's', slice: 'again' },
  ]);
  const kept = await claimed(ledger, taskIds[0]);
  const taken = await claimed(ledger, taskIds[1], 'job');
  await claimed(ledger, taskIds[1], 'job', 'w2');
  const former = await claimed(ledger, taskIds[2], 'job');
  const again = await claimed(ledger, taskIds[2], 'job');
  const cancelledRun = await runWithTasks(ledger, [{ kind: 'load', stream: 's' }]);
  const stopped = await claimed(ledger, cancelledRun.taskIds[0]);
  await requestCancel(ledger, cancelledRun.runId);
  const before = (await getTask(ledger, kept.taskId))?.leaseUntil ?? '';
  const answer = await heartbeat(ledger, 'w1', LEASE_MS * 2, [kept, taken, former, again, stopped]);
  expect(answer.lost).toEqual([taken, former]);
  expect(answer.cancelled.map((ref) => ref.taskId)).toEqual([stopped.taskId]);
  expect(((await getTask(ledger, kept.taskId))?.leaseUntil ?? '') > before).toBe(true);
});

test('expired leases go back to pending, and to failed when workers keep dying of them', async () => {
  const { ledger } = fixture;
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'load', stream: 's' }]);
  const taskId = taskIds[0] ?? '';
  const expireOnce = async (outcome: string): Promise<void> => {
    await claimTask(ledger, taskId, by('j', 'w1', 1));
    await waitFor(
      async () =>
        (await expireLeases(ledger, { giveUpAfter: 2 })).some(
          (one) => one.taskId === taskId && one.outcome === outcome,
        ),
      { what: `the lease to end ${outcome}` },
    );
  };
  await expireOnce('pending');
  expect(await getTask(ledger, taskId)).toMatchObject({
    status: 'pending',
    attempt: 1,
    lostLeases: 1,
    failures: 0,
  });
  await expireOnce('failed');
});

test('takePending gives each task to one caller with the job id of the catalogue', async () => {
  const { ledger } = fixture;
  const specs = Array.from({ length: 40 }, (_, index) => ({
    kind: 'extract' as const,
    stream: 's',
    slice: `c${index}`,
    shard: 'shard-take',
    expectedCost: 40 - index,
  }));
  const { runId } = await runWithTasks(ledger, specs);
  const taken = await Promise.all(
    Array.from({ length: 4 }, () => takePending(ledger, { kind: 'extract', shard: 'shard-take', limit: 15 })),
  );
  const all = taken.flat();
  expect(new Set(all.map((task) => task.taskId)).size).toBe(all.length);
  const rest = await takePending(ledger, { kind: 'extract', shard: 'shard-take', limit: 100 });
  expect(all.length + rest.length).toBe(40);
  for (const task of all) {
    expect(task.jobId).toBe(jobs.extract.jobId({ taskId: task.taskId, generation: task.generation }));
  }
  expect(await openTaskCounts(ledger, runId)).toEqual({ pending: 0, queued: 40, running: 0 });
});

test('takePending passes by what another caller is taking, without waiting', async () => {
  const { ledger } = fixture;
  const specs = ['a', 'b'].map(
    (slice) => ({ kind: 'extract', stream: 's', slice, shard: 'shard-skip' }) as const,
  );
  const { taskIds } = await runWithTasks(ledger, specs);
  const rival = await ledger.pool.connect();
  try {
    await rival.query('BEGIN');
    await rival.query('SELECT FROM ops.tasks WHERE task_id = $1 FOR NO KEY UPDATE', [taskIds[0]]);
    const taken = await takePending(ledger, { kind: 'extract', shard: 'shard-skip', limit: 10 });
    expect(taken.map((task) => task.taskId)).toEqual([taskIds[1]]);
  } finally {
    await rival.query('ROLLBACK');
    rival.release();
  }
});

test('takePending serves the older run first, then the cheaper task', async () => {
  const { ledger } = fixture;
  const spec = (slice: string, expectedCost: number) =>
    ({ kind: 'extract', stream: 's', slice, shard: 'shard-order', expectedCost }) as const;
  const older = await runWithTasks(ledger, [spec('dear', 9), spec('cheap', 1)]);
  await runWithTasks(ledger, [spec('cheapest', 0)]);
  const order: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const [task] = await takePending(ledger, { kind: 'extract', shard: 'shard-order', limit: 1 });
    order.push(task?.taskId ?? '');
  }
  expect(order.slice(0, 2)).toEqual([older.taskIds[1], older.taskIds[0]]);
});

test('lost jobs are found, taken back, and get a new generation; a claimed one stays', async () => {
  const { ledger } = fixture;
  const { taskIds } = await runWithTasks(ledger, [
    { kind: 'extract', stream: 's', slice: 'lost', shard: 'shard-lost' },
    { kind: 'extract', stream: 's', slice: 'claimed', shard: 'shard-lost' },
  ]);
  await takePending(ledger, { kind: 'extract', shard: 'shard-lost', limit: 10 });
  const queued = await queuedTasks(ledger, { kind: 'extract', shard: 'shard-lost', olderThanMs: 0 });
  expect(queued.map((task) => task.taskId).sort()).toEqual([...taskIds].sort());
  await claimed(ledger, taskIds[1]);
  expect(await requeueLost(ledger, queued)).toEqual([taskIds[0]]);
  const again = await takePending(ledger, { kind: 'extract', shard: 'shard-lost', limit: 10 });
  expect(again.map((task) => task.generation)).toEqual([2]);
  expect(await requeueLost(ledger, queued)).toEqual([]);
});

test('a task given back with a delay is not taken before', async () => {
  const { ledger } = fixture;
  await runWithTasks(ledger, [{ kind: 'extract', stream: 's', shard: 'shard-back' }]);
  const taken = await takePending(ledger, { kind: 'extract', shard: 'shard-back', limit: 10 });
  await unqueueTasks(ledger, taken, 60_000);
  expect(await takePending(ledger, { kind: 'extract', shard: 'shard-back', limit: 10 })).toEqual([]);
});

test('inserting tasks again changes nothing', async () => {
  const { ledger } = fixture;
  const specs = [
    { kind: 'extract', stream: 's', slice: 'a' },
    { kind: 'load', stream: 's' },
  ] as const;
  const { runId } = await runWithTasks(ledger, specs);
  const before = await tasksOf(ledger, runId);
  expect(await insertTasks(ledger, runId, [...specs, { kind: 'models' }])).toBe(1);
  expect((await tasksOf(ledger, runId)).slice(0, 2)).toEqual(before);
});
