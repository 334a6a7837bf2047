import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { filesOfRun, markMerged, quarantineFile, unmergedFiles } from '#shared/ledger/files.ts';
import { landBatch, openBatch } from '#shared/ledger/land-batch.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { openRejects } from '#shared/ledger/rejects.ts';
import { purgeRuns } from '#shared/ledger/retention.ts';
import { sliceReports } from '#shared/ledger/run-manifest.ts';
import { settleWindows } from '#shared/ledger/settle-windows.ts';
import { releaseTask } from '#shared/ledger/task-attempts.ts';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { windowsOfTask } from '#shared/ledger/windows.ts';
import { counts, mergeTask, newFile, window } from './landing-fixture.ts';
import { claimed, type LedgerFixture, ledgerFixture, randomName, runWithTasks } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

interface Batch {
  readonly runId: string;
  readonly tasks: readonly ClaimedTask[];
}

/** Extract tasks of one run, claimed, one for each slice. */
async function claimedSlices(pipeline: string, ...slices: string[]): Promise<Batch> {
  const specs = slices.map((slice) => ({ kind: 'extract' as const, stream: 's', slice }));
  const { runId, taskIds } = await runWithTasks(ledger, specs, { pipeline });
  const tasks = [];
  for (const taskId of taskIds) tasks.push(await claimed(ledger, taskId));
  return { runId, tasks };
}

const opened = (tasks: readonly ClaimedTask[]) =>
  openBatch(
    ledger,
    tasks.map((ref) => ({ ref, spec: window(null, 100n) })),
  );

async function landAll(tasks: readonly ClaimedTask[], rows = counts.rows): Promise<Map<string, string>> {
  const windows = await opened(tasks);
  const landed = tasks.map((ref) => ({
    ref,
    windowId: windows.get(ref.taskId) ?? '',
    counts: { ...counts, rows },
  }));
  await landBatch(ledger, landed, { good: newFile({ rows: rows * tasks.length }), rejects: undefined });
  return windows;
}

test('slices land together in one file, which settles all of them once it is merged', async () => {
  const pipeline = randomName('p');
  const { tasks } = await claimedSlices(pipeline, 's1/a', 's1/b', 's1/c');
  await landAll(tasks);
  const files = await unmergedFiles(ledger, pipeline, 's');
  expect(files).toMatchObject([{ slice: '*', rows: 30, taskId: tasks[0]?.taskId }]);
  const merge = await mergeTask(ledger, pipeline);
  const request = { pipeline, stream: 's', who: 'test' };
  expect((await settleWindows(ledger, merge, request)).held).toHaveLength(3);
  await markMerged(ledger, merge, [files[0]?.fileId ?? '']);
  expect((await settleWindows(ledger, merge, request)).settled).toHaveLength(3);
  for (const slice of ['s1/a', 's1/b', 's1/c']) {
    expect((await getWatermark(ledger, pipeline, 's', slice))?.cursor).toBe(100n);
  }
});

test('a shared file in quarantine holds every slice it has rows of, and says so of each', async () => {
  const pipeline = randomName('p');
  const { runId, tasks } = await claimedSlices(pipeline, 's1/a', 's1/b');
  await landAll(tasks);
  const [file] = await unmergedFiles(ledger, pipeline, 's');
  const merge = await mergeTask(ledger, pipeline);
  await quarantineFile(ledger, merge, file?.fileId ?? '', { code: 'X' });
  const { held } = await settleWindows(ledger, merge, { pipeline, stream: 's', who: 'test' });
  expect(held.map(({ slice, because }) => [slice, because])).toEqual([
    ['s1/a', 'quarantined'],
    ['s1/b', 'quarantined'],
  ]);
  expect((await sliceReports(ledger, runId)).map((slice) => slice.quarantinedFiles)).toEqual([1, 1]);
});

test('a slice without rows settles at once, whatever becomes of the file of the others', async () => {
  const pipeline = randomName('p');
  const { tasks } = await claimedSlices(pipeline, 's1/a', 's1/empty');
  const windows = await opened(tasks);
  const landed = tasks.map((ref, index) => ({
    ref,
    windowId: windows.get(ref.taskId) ?? '',
    counts: { ...counts, rows: index === 0 ? 10 : 0 },
  }));
  await landBatch(ledger, landed, { good: newFile(), rejects: undefined });
  const merge = await mergeTask(ledger, pipeline);
  const { settled, held } = await settleWindows(ledger, merge, { pipeline, stream: 's', who: 'test' });
  expect(settled).toEqual([windows.get(tasks[1]?.taskId ?? '')]);
  expect(held).toMatchObject([{ slice: 's1/a', because: 'unmerged' }]);
});

test('a slice that another attempt has taken lets nothing of the batch land', async () => {
  const pipeline = randomName('p');
  const { tasks } = await claimedSlices(pipeline, 's1/a', 's1/b');
  const windows = await opened(tasks);
  const [first, second] = tasks;
  if (first === undefined || second === undefined) throw new Error('two tasks');
  await releaseTask(ledger, second);
  const landed = tasks.map((ref) => ({ ref, windowId: windows.get(ref.taskId) ?? '', counts }));
  await expect(landBatch(ledger, landed, { good: newFile(), rejects: undefined })).rejects.toMatchObject({
    code: ledgerErrors.batchSuperseded.code,
  });
  expect(await unmergedFiles(ledger, pipeline, 's')).toEqual([]);
  expect((await opened(tasks)).has(second.taskId)).toBe(false);
  const statuses = (await windowsOfTask(ledger, first.taskId)).map(({ status }) => status);
  expect(statuses).toEqual(['abandoned', 'open']);
});

test('rejects of a shared file belong to the slice their row came in', async () => {
  const pipeline = randomName('p');
  const { runId, tasks } = await claimedSlices(pipeline, 's1/a', 's1/b');
  const windows = await opened(tasks);
  const landed = tasks.map((ref) => ({
    ref,
    windowId: windows.get(ref.taskId) ?? '',
    counts: { ...counts, rejectedRows: 1 },
  }));
  const rejects = landed.map(({ windowId }, ordinal) => ({
    ...{ ordinal, column: 'x', code: 'type', contractVersion: 1, windowId },
  }));
  await landBatch(ledger, landed, { good: newFile(), rejects: newFile({ rows: 2, rejects }) });
  expect((await openRejects(ledger, pipeline, 's')).map(({ slice }) => slice)).toEqual(['s1/a', 's1/b']);
  expect(await filesOfRun(ledger, runId)).toHaveLength(2);
});

test('a batch of one slice is a file of that slice', async () => {
  const pipeline = randomName('p');
  const { tasks } = await claimedSlices(pipeline, 's1/a');
  await landAll(tasks);
  expect(await unmergedFiles(ledger, pipeline, 's')).toMatchObject([{ slice: 's1/a', rows: 10 }]);
});

test('retention removes shared files with their run', async () => {
  const pipeline = randomName('p');
  const { runId, tasks } = await claimedSlices(pipeline, 's1/a', 's1/b');
  await landAll(tasks);
  await ledger.rows(
    `UPDATE ops.tasks SET status = 'cancelled', finished_at = now(), owner = NULL, lease_until = NULL
    WHERE run_id = $1`,
    [runId],
  );
  const [file] = await unmergedFiles(ledger, pipeline, 's');
  const merge = await mergeTask(ledger, pipeline);
  await markMerged(ledger, merge, [file?.fileId ?? '']);
  await ledger.rows(`UPDATE ops.windows SET status = 'superseded', closed_at = now() WHERE run_id = $1`, [
    runId,
  ]);
  await ledger.rows(
    `UPDATE ops.runs SET status = 'failed', finished_at = now() - interval '1 day' WHERE run_id = $1`,
    [runId],
  );
  expect(await purgeRuns(ledger, { olderThan: new Date().toISOString() })).toContain(runId);
});
