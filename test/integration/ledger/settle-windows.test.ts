import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginMoves, finishMoves } from '#shared/ledger/file-moves.ts';
import { discardFile, markMerged, quarantineFile, releaseFile } from '#shared/ledger/files.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { settleWindows } from '#shared/ledger/settle-windows.ts';
import { finishTask } from '#shared/ledger/task-attempts.ts';
import { getWatermark, moveWatermark, watermarkHistory } from '#shared/ledger/watermarks.ts';
import { landedBound } from '#shared/ledger/windows.ts';
import { landed, mergeTask, newFile, window } from './landing-fixture.ts';
import { type LedgerFixture, ledgerFixture, randomName } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

const cursorOf = async (pipeline: string, slice = 'a'): Promise<bigint | undefined> =>
  (await getWatermark(ledger, pipeline, 's', slice))?.cursor;

const request = (pipeline: string) => ({ pipeline, stream: 's', who: 'test' });

test('a chain of windows moves the watermark link by link, each with its history', async () => {
  const pipeline = randomName('p');
  const first = await landed(ledger, pipeline, 'a', window(null, 100n));
  expect(await landedBound(ledger, pipeline, 's', 'a')).toBe(100n);
  const second = await landed(ledger, pipeline, 'a', window(100n, 250n));
  const merge = await mergeTask(ledger, pipeline);
  await markMerged(ledger, merge, [...first.fileIds, ...second.fileIds]);
  expect(await settleWindows(ledger, merge, request(pipeline))).toEqual({
    settled: [first.windowId, second.windowId],
    superseded: [],
    held: [],
  });
  expect(await cursorOf(pipeline)).toBe(250n);
  expect(await watermarkHistory(ledger, pipeline, 's', 'a')).toMatchObject([
    { from: 100n, to: 250n, windowId: second.windowId, runId: merge.runId, movedBy: 'test' },
    { from: null, to: 100n, windowId: first.windowId },
  ]);
});

test('many slices settle together, and a held one holds only itself', async () => {
  const pipeline = randomName('p');
  const slices = Array.from({ length: 12 }, (_, index) => `c${index}`);
  const windows = [];
  for (const slice of slices) windows.push(await landed(ledger, pipeline, slice, window(null, 100n)));
  const merge = await mergeTask(ledger, pipeline);
  const [unmerged, ...merged] = windows;
  await markMerged(
    ledger,
    merge,
    merged.flatMap(({ fileIds }) => fileIds),
  );
  const settlement = await settleWindows(ledger, merge, request(pipeline));
  expect(settlement.settled).toHaveLength(11);
  expect(settlement.held).toEqual([{ windowId: unmerged?.windowId, slice: 'c0', because: 'unmerged' }]);
  expect(await cursorOf(pipeline, 'c0')).toBeUndefined();
  expect(await cursorOf(pipeline, 'c11')).toBe(100n);
});

test('a quarantined file holds its slice, later windows included, until it is released and merged', async () => {
  const pipeline = randomName('p');
  const first = await landed(ledger, pipeline, 'a', window(null, 100n), [newFile(), newFile({ part: 1 })]);
  const second = await landed(ledger, pipeline, 'a', window(100n, 200n));
  const merge = await mergeTask(ledger, pipeline);
  const [good = '', bad = ''] = first.fileIds;
  await quarantineFile(ledger, merge, bad, { code: 'CHECKSUM' });
  await markMerged(ledger, merge, [good, ...second.fileIds]);
  expect((await settleWindows(ledger, merge, request(pipeline))).held).toEqual([
    { windowId: first.windowId, slice: 'a', because: 'quarantined' },
    { windowId: second.windowId, slice: 'a', because: 'behind' },
  ]);
  expect(await cursorOf(pipeline)).toBeUndefined();
  await finishMoves(ledger, merge, [bad]);
  await releaseFile(ledger, bad, 'ana');
  await beginMoves(ledger, 'reconciler', [bad], 'landing');
  await finishMoves(ledger, 'reconciler', [bad]);
  expect((await markMerged(ledger, merge, [bad])).merged).toEqual([bad]);
  await settleWindows(ledger, merge, request(pipeline));
  expect(await cursorOf(pipeline)).toBe(200n);
});

test('a discarded file holds its slice unless that is accepted', async () => {
  const pipeline = randomName('p');
  const { fileIds, windowId } = await landed(ledger, pipeline, 'a', window(null, 100n));
  const merge = await mergeTask(ledger, pipeline);
  await quarantineFile(ledger, merge, fileIds[0] ?? '', { code: 'TRUNCATED' });
  await finishMoves(ledger, merge, fileIds);
  await discardFile(ledger, fileIds[0] ?? '', 'ana');
  expect((await settleWindows(ledger, merge, request(pipeline))).held).toMatchObject([
    { because: 'discarded' },
  ]);
  const accepted = await settleWindows(ledger, merge, { ...request(pipeline), acceptDiscarded: true });
  expect(accepted.settled).toEqual([windowId]);
});

test('a window without files settles; an empty one too', async () => {
  const pipeline = randomName('p');
  await landed(ledger, pipeline, 'a', window(null, 100n), []);
  await landed(ledger, pipeline, 'a', window(100n, 100n), []);
  const merge = await mergeTask(ledger, pipeline);
  expect((await settleWindows(ledger, merge, request(pipeline))).settled).toHaveLength(2);
  expect(await cursorOf(pipeline)).toBe(100n);
  expect(await watermarkHistory(ledger, pipeline, 's', 'a')).toHaveLength(1);
});

test('a window that started elsewhere is superseded and moves nothing', async () => {
  const pipeline = randomName('p');
  const merge = await mergeTask(ledger, pipeline);
  const first = await landed(ledger, pipeline, 'a', window(null, 100n), []);
  const lost = await landed(ledger, pipeline, 'a', window(null, 500n), []);
  const gap = await landed(ledger, pipeline, 'a', window(300n, 600n), []);
  expect(await settleWindows(ledger, merge, request(pipeline))).toMatchObject({
    settled: [first.windowId],
    superseded: [lost.windowId, gap.windowId],
  });
  expect(await cursorOf(pipeline)).toBe(100n);
});

test('backfills and replays settle, move nothing, hold nobody', async () => {
  const pipeline = randomName('p');
  const spec = { mode: 'backfill', movesWatermark: false } as const;
  await landed(ledger, pipeline, 'a', window(5n, 50n, spec));
  const replay = await landed(ledger, pipeline, 'a', window(5n, 50n, { ...spec, mode: 'replay' }), []);
  const mover = await landed(ledger, pipeline, 'a', window(null, 100n), []);
  const merge = await mergeTask(ledger, pipeline);
  const settlement = await settleWindows(ledger, merge, request(pipeline));
  expect(settlement.settled.toSorted()).toEqual([replay.windowId, mover.windowId].toSorted());
  expect(settlement.held).toMatchObject([{ because: 'unmerged' }]);
  expect(await cursorOf(pipeline)).toBe(100n);
});

test('two settlements of one stream at once move each watermark once', async () => {
  const pipeline = randomName('p');
  await landed(ledger, pipeline, 'a', window(null, 100n), []);
  const merge = await mergeTask(ledger, pipeline);
  const both = await Promise.all([
    settleWindows(ledger, merge, request(pipeline)),
    settleWindows(ledger, merge, request(pipeline)),
  ]);
  expect(both.flatMap(({ settled }) => settled)).toHaveLength(1);
  expect(both.flatMap(({ superseded }) => superseded)).toHaveLength(0);
});

test('a watermark moves by compare-and-set only, and never back', async () => {
  const pipeline = randomName('p');
  const merge = await mergeTask(ledger, pipeline);
  const move = (from: bigint | null, to: bigint) =>
    moveWatermark(ledger, {
      ...{ pipeline, stream: 's', slice: 'x', from, to, windowId: null },
      ...{ ref: merge, who: 'test', reason: 'test' },
    });
  const races = await Promise.all([move(null, 10n), move(null, 10n), move(null, 10n)]);
  expect(races.toSorted()).toEqual(['moved', 'superseded', 'superseded']);
  expect(await move(9n, 20n)).toBe('superseded');
  expect(await move(10n, 2n ** 62n)).toBe('moved');
  await expect(move(2n ** 62n, 5n)).rejects.toMatchObject({ code: 'LEDGER_ILLEGAL_MOVE' });
  expect(await cursorOf(pipeline, 'x')).toBe(2n ** 62n);
  await finishTask(ledger, merge, 'succeeded');
});
