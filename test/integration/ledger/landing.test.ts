import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  beginMoves,
  discardedFiles,
  finishMoves,
  markFilesDeleted,
  movesUnderWay,
} from '#shared/ledger/file-moves.ts';
import {
  fileByKey,
  getFiles,
  markMerged,
  quarantineFile,
  recordFiles,
  unmergedFiles,
} from '#shared/ledger/files.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { closeRejects, openRejects, recordRejects, rejectCounts } from '#shared/ledger/rejects.ts';
import { landWindow, openWindow, windowsOfTask } from '#shared/ledger/windows.ts';
import { counts, landed, mergeTask, newFile, window } from './landing-fixture.ts';
import { claimed, type LedgerFixture, ledgerFixture, randomName, runWithTasks } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

async function extractOf(pipeline: string) {
  const { taskIds, runId } = await runWithTasks(ledger, [{ kind: 'extract', stream: 's' }], { pipeline });
  return { task: await claimed(ledger, taskIds[0], 'job'), runId };
}

test('a window lands with its files in one go; landing it again changes nothing', async () => {
  const pipeline = randomName('p');
  const { task } = await extractOf(pipeline);
  const windowId = await openWindow(
    ledger,
    task,
    window(7n, 2n ** 53n + 1n, { heldBackMs: 1.5, heldBackBy: 'pid=1' }),
  );
  const files = [newFile({ cursorMax: 2n ** 60n + 1n }), newFile({ part: 1 })];
  const fileIds = await landWindow(ledger, task, windowId, { ...counts, sourceOrdinal: '0/AB' }, files);
  expect(await landWindow(ledger, task, windowId, counts, files)).toEqual(fileIds);
  expect(await unmergedFiles(ledger, pipeline, 's')).toMatchObject([
    { fileId: fileIds[0], cursorMax: 2n ** 60n + 1n, rows: 10, place: 'landing', state: 'landed', windowId },
    { fileId: fileIds[1], part: 1 },
  ]);
  expect(await windowsOfTask(ledger, task.taskId)).toMatchObject([
    {
      windowId,
      fromCursor: 7n,
      toCursor: 2n ** 53n + 1n,
      status: 'landed',
      rows: 10,
      sourceOrdinal: '0/AB',
      heldBackMs: 2,
    },
  ]);
});

test('files of a window that is still open are nobody’s; the next attempt abandons them', async () => {
  const pipeline = randomName('p');
  const { task } = await extractOf(pipeline);
  const windowId = await openWindow(ledger, task, window(null, 10n));
  const file = newFile();
  const [fileId = ''] = await recordFiles(ledger, task, windowId, [file]);
  expect(await recordFiles(ledger, task, windowId, [file])).toEqual([fileId]);
  expect(await unmergedFiles(ledger, pipeline, 's')).toEqual([]);
  const again = await claimed(ledger, task.taskId, 'job', 'w2');
  const next = await openWindow(ledger, again, window(null, 12n));
  expect(BigInt(next) > BigInt(windowId)).toBe(true);
  expect((await windowsOfTask(ledger, task.taskId)).map(({ status }) => status)).toEqual([
    'abandoned',
    'open',
  ]);
  expect((await discardedFiles(ledger)).map((one) => one.fileId)).toContain(fileId);
  expect(await markFilesDeleted(ledger, [fileId])).toBe(1);
  expect((await discardedFiles(ledger)).map((one) => one.fileId)).not.toContain(fileId);
});

test('another file under a key that is taken is refused', async () => {
  const { task } = await extractOf(randomName('p'));
  const windowId = await openWindow(ledger, task, window(null, 10n));
  const file = newFile();
  await recordFiles(ledger, task, windowId, [file]);
  const other = { ...newFile({ part: 1 }), key: file.key };
  await expect(recordFiles(ledger, task, windowId, [other])).rejects.toMatchObject({
    code: 'POSTGRES_CONSTRAINT',
    facts: { constraint: 'files_key_once' },
  });
});

test('a file moves in two repeatable steps and is in one place throughout', async () => {
  const pipeline = randomName('p');
  const { fileIds } = await landed(ledger, pipeline, 'a', window(null, 10n));
  const merge = await mergeTask(ledger, pipeline);
  const [move] = await beginMoves(ledger, merge, fileIds, 'archive');
  expect(move).toMatchObject({ to: 'archive', toKey: move?.key.replace(/^landing/, 'archive') });
  expect(await beginMoves(ledger, merge, fileIds, 'archive')).toEqual([move]);
  expect(await movesUnderWay(ledger)).toContainEqual(move);
  expect(await getFiles(ledger, fileIds)).toMatchObject([
    { place: 'landing', key: move?.key, movingTo: 'archive' },
  ]);
  await expect(quarantineFile(ledger, merge, fileIds[0] ?? '', { code: 'X' })).rejects.toMatchObject({
    code: 'LEDGER_ILLEGAL_MOVE',
  });
  expect(await finishMoves(ledger, merge, fileIds)).toEqual(fileIds);
  expect(await finishMoves(ledger, merge, fileIds)).toEqual([]);
  expect(await fileByKey(ledger, move?.toKey ?? '')).toMatchObject({
    place: 'archive',
    movingTo: null,
    state: 'landed',
  });
  expect(await unmergedFiles(ledger, pipeline, 's')).toHaveLength(1);
  expect(await beginMoves(ledger, merge, fileIds, 'archive')).toEqual([]);
});

test('a good file does not go to quarantine, nor a quarantined one to the archive', async () => {
  const pipeline = randomName('p');
  const { fileIds } = await landed(ledger, pipeline, 'a', window(null, 10n), [
    newFile(),
    newFile({ part: 1 }),
  ]);
  const merge = await mergeTask(ledger, pipeline);
  const [good = '', bad = ''] = fileIds;
  await quarantineFile(ledger, merge, bad, { code: 'X' });
  await quarantineFile(ledger, merge, bad, { code: 'Y' });
  expect((await getFiles(ledger, [bad]))[0]?.quarantineReason).toEqual({ code: 'X' });
  expect(await beginMoves(ledger, merge, [good], 'quarantine')).toEqual([]);
  expect(await beginMoves(ledger, merge, [bad], 'archive')).toEqual([]);
  expect((await beginMoves(ledger, merge, [bad], 'quarantine')).map((move) => move.fileId)).toEqual([bad]);
  expect((await unmergedFiles(ledger, pipeline, 's')).map((file) => file.fileId)).toEqual([good]);
});

test('marking merged tells what was merged now, before, and what was not', async () => {
  const pipeline = randomName('p');
  const parts = [0, 1, 2].map((part) => newFile({ part }));
  const { fileIds } = await landed(ledger, pipeline, 'a', window(null, 10n), parts);
  const merge = await mergeTask(ledger, pipeline);
  const [one = '', two = '', bad = ''] = fileIds;
  await quarantineFile(ledger, merge, bad, { code: 'X' });
  await markMerged(ledger, merge, [one]);
  expect(await markMerged(ledger, merge, fileIds)).toEqual({ merged: [two], already: [one], refused: [bad] });
  expect(await getFiles(ledger, [one])).toMatchObject([{ state: 'merged', mergedByRun: merge.runId }]);
});

test('rejects are listed by file and ordinal while their window is open, and closed by a person', async () => {
  const pipeline = randomName('p');
  const { task, runId } = await extractOf(pipeline);
  const windowId = await openWindow(ledger, task, window(null, 10n));
  const reject = { ordinal: 0, column: 'amount', code: 'DECIMAL_SCALE', contractVersion: 1 };
  const rejectsFile = newFile({ isRejects: true, rejects: [reject] });
  const [fileId = ''] = await recordFiles(ledger, task, windowId, [rejectsFile]);
  const many = Array.from({ length: 12_000 }, (_, ordinal) => ({ ...reject, ordinal }));
  await recordRejects(ledger, task, fileId, many);
  await recordRejects(ledger, task, fileId, many.slice(0, 10));
  await landWindow(ledger, task, windowId, { ...counts, rejectedRows: 12_000 }, [newFile()]);
  expect(await rejectCounts(ledger, runId)).toEqual([
    { stream: 's', column: 'amount', code: 'DECIMAL_SCALE', count: 12_000 },
  ]);
  expect((await unmergedFiles(ledger, pipeline, 's')).map((file) => file.isRejects)).toEqual([false]);
  await expect(recordRejects(ledger, task, fileId, [{ ...reject, ordinal: 99_999 }])).rejects.toMatchObject({
    code: 'LEDGER_ILLEGAL_MOVE',
  });
  expect((await openRejects(ledger, pipeline, 's', 2)).map((one) => one.ordinal)).toEqual([0, 1]);
  expect(await closeRejects(ledger, fileId, 'released', 'ana')).toBe(12_000);
  expect(await openRejects(ledger, pipeline, 's')).toEqual([]);
});
