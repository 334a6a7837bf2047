import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordEvent } from '#shared/ledger/events.ts';
import { finishMoves } from '#shared/ledger/file-moves.ts';
import { markMerged, quarantineFile } from '#shared/ledger/files.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { publishModelVersions } from '#shared/ledger/model-runs.ts';
import { closeRejects } from '#shared/ledger/rejects.ts';
import { purgeOperations, purgeRuns } from '#shared/ledger/retention.ts';
import { closeRun } from '#shared/ledger/run-lifecycle.ts';
import { createDueRun, getRun } from '#shared/ledger/runs.ts';
import { settleWindows } from '#shared/ledger/settle-windows.ts';
import { finishTask } from '#shared/ledger/task-attempts.ts';
import { markTempTablesDropped, recordTempTable } from '#shared/ledger/temp-tables.ts';
import { getWatermark, watermarkHistory } from '#shared/ledger/watermarks.ts';
import { landed, mergeTask, newFile, window } from './landing-fixture.ts';
import { claimedTask, type LedgerFixture, ledgerFixture, newRun, randomName } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

const future = () => new Date(Date.now() + 60_000).toISOString();
const purge = () => purgeRuns(ledger, { olderThan: future() });
const isThere = async (runId: string) => (await getRun(ledger, runId)) !== undefined;

/** A slice landed, merged, settled; both runs closed. */
async function mergedWindow(pipeline: string, from: bigint | null, to: bigint, rejects = false) {
  const reject = { ordinal: 0, column: 'c', code: 'X', contractVersion: 1 };
  const files = rejects ? [newFile(), newFile({ isRejects: true, rejects: [reject] })] : [newFile()];
  const own = await landed(ledger, pipeline, 'a', window(from, to), files);
  const merge = await mergeTask(ledger, pipeline);
  await markMerged(ledger, merge, own.fileIds);
  await settleWindows(ledger, merge, { pipeline, stream: 's', who: 'x' });
  await finishTask(ledger, merge, 'succeeded');
  for (const { runId } of [own.task, merge]) await closeRun(ledger, runId, 'succeeded', {});
  return { own, merge };
}

test('old closed runs go with all that is theirs; the history of watermarks stays', async () => {
  const pipeline = randomName('p');
  const first = await mergedWindow(pipeline, null, 100n);
  await recordEvent(ledger, { level: 'info', type: 'x', taskId: first.own.task.taskId });
  const second = await mergedWindow(pipeline, 100n, 200n);
  const purged = await purge();
  expect(purged).toEqual(expect.arrayContaining([first.own.task.runId, first.merge.runId]));
  // The watermark stands on the window of one run, moved by the other.
  expect(await isThere(second.own.task.runId)).toBe(true);
  expect(await isThere(second.merge.runId)).toBe(true);
  expect((await getWatermark(ledger, pipeline, 's', 'a'))?.cursor).toBe(200n);
  expect(await watermarkHistory(ledger, pipeline, 's', 'a')).toHaveLength(2);
  expect(await purge()).toEqual([]);
});

test('open runs and young runs stay', async () => {
  const task = await claimedTask(ledger);
  const other = await claimedTask(ledger);
  await finishTask(ledger, other, 'succeeded');
  await closeRun(ledger, other.runId, 'succeeded', {});
  expect(await purgeRuns(ledger, { olderThan: new Date(Date.now() - 60_000).toISOString() })).toEqual([]);
  expect(await purge()).toContain(other.runId);
  expect(await isThere(task.runId)).toBe(true);
});

test.each(['landed', 'quarantined'] as const)('a %s file keeps its run', async (state) => {
  const pipeline = randomName('p');
  const own = await landed(ledger, pipeline, 'a', window(null, 10n));
  const merge = await mergeTask(ledger, pipeline);
  if (state === 'quarantined') {
    await quarantineFile(ledger, merge, own.fileIds[0] ?? '', { code: 'X' });
    await finishMoves(ledger, merge, own.fileIds);
  }
  await closeRun(ledger, own.task.runId, 'partial', {});
  await purge();
  expect(await isThere(own.task.runId)).toBe(true);
});

test('an open reject keeps its run until it is dealt with', async () => {
  const pipeline = randomName('p');
  const { own } = await mergedWindow(pipeline, null, 10n, true);
  await mergedWindow(pipeline, 10n, 20n);
  await purge();
  expect(await isThere(own.task.runId)).toBe(true);
  await closeRejects(ledger, own.fileIds[1] ?? '', 'discarded', 'ana');
  expect(await purge()).toContain(own.task.runId);
});

test('a published model and a temp table that is there keep their run', async () => {
  const models = await claimedTask(ledger, { kind: 'models' });
  await publishModelVersions(ledger, models, [{ model: 'm', inputVersions: {}, sqlChecksum: 'c' }]);
  const load = await claimedTask(ledger, { kind: 'load', stream: 's' });
  const relation = randomName('p_temp.t');
  await recordTempTable(ledger, load, relation);
  for (const task of [models, load]) {
    await finishTask(ledger, task, 'succeeded');
    await closeRun(ledger, task.runId, 'succeeded', {});
  }
  await purge();
  expect(await Promise.all([models, load].map(({ runId }) => isThere(runId)))).toEqual([true, true]);
  await markTempTablesDropped(ledger, [relation]);
  expect(await purge()).toEqual([load.runId]);
});

test('the newest run of a schedule stays, because due times are computed from it', async () => {
  const pipeline = randomName('p');
  const ids = [];
  for (const logicalTime of ['2024-05-01T00:00:00.000Z', '2024-05-02T00:00:00.000Z']) {
    const { kind: _, ...run } = newRun({ pipeline, logicalTime });
    await createDueRun(ledger, { ...run, schedule: 'daily' });
    await closeRun(ledger, run.runId, 'failed', {});
    ids.push(run.runId);
  }
  await purge();
  expect(await Promise.all(ids.map(isThere))).toEqual([false, true]);
});

test('events of no run go by age', async () => {
  await recordEvent(ledger, { level: 'info', type: 'lonely' });
  expect(await purgeOperations(ledger, new Date(0).toISOString())).toBe(0);
  expect(await purgeOperations(ledger, future())).toBe(1);
});
