import { afterAll, beforeAll, expect, test } from 'vitest';
import { droppedKeys, replaceDroppedKeys } from '#shared/ledger/dropped-keys.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import {
  lastCalls,
  recordGoneSlices,
  recordSliceStatus,
  recordUnreachedShard,
  sliceCounts,
  sliceStatuses,
  slicesNotFresh,
} from '#shared/ledger/slice-status.ts';
import { knownSlices, recordListing } from '#shared/ledger/slices.ts';
import { chosenWay, rememberWay } from '#shared/ledger/source-choices.ts';
import { failTask, finishTask } from '#shared/ledger/task-attempts.ts';
import { claimed, type LedgerFixture, ledgerFixture, randomName, runWithTasks } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

const failure = { code: 'X_FAILED', message: 'it failed', actor: 'operator' };
const extract = (slice: string) => ({ kind: 'extract' as const, stream: 's', slice, maxAttempts: 1 });

async function oneRun(pipeline: string, outcome: 'came' | 'failed' | 'in part'): Promise<string> {
  const { runId, taskIds } = await runWithTasks(ledger, [extract('s1/a')], { pipeline });
  const task = await claimed(ledger, taskIds[0]);
  if (outcome === 'failed') await failTask(ledger, task, failure, { giveUp: true });
  else {
    const incomplete = outcome === 'in part' ? { incomplete: '1 device did not answer' } : {};
    await finishTask(ledger, task, 'succeeded', {
      ...{ expected: 10, answered: 9, calls: 3, newestEventUs: '1700000000000000' },
      ...incomplete,
    });
  }
  const reason = { came: [], failed: ['it failed'], 'in part': ['1 device did not answer'] }[outcome];
  await recordSliceStatus(
    ledger,
    runId,
    reason.map((why) => ({ stream: 's', slice: 's1/a', reason: why })),
  );
  return runId;
}

test('a slice is missing until it came, fresh when it did, then stale when it does not', async () => {
  const pipeline = randomName('p');
  await oneRun(pipeline, 'failed');
  expect(await sliceStatuses(ledger, pipeline)).toMatchObject([
    { status: 'missing', shard: 's1', reason: 'it failed', code: failure.code, lastSuccessAt: null },
  ]);
  await oneRun(pipeline, 'came');
  const [fresh] = await sliceStatuses(ledger, pipeline);
  expect(fresh).toMatchObject({ status: 'fresh', reason: null, expectedEntities: 10, answeredEntities: 9 });
  expect(fresh?.newestEventAt).toBe('2023-11-14T22:13:20.000Z');
  await oneRun(pipeline, 'failed');
  expect(await sliceStatuses(ledger, pipeline)).toMatchObject([
    { status: 'stale', answeredEntities: 0, expectedEntities: 10, lastSuccessAt: fresh?.lastSuccessAt },
  ]);
  await oneRun(pipeline, 'in part');
  expect(await sliceStatuses(ledger, pipeline)).toMatchObject([{ status: 'incomplete' }]);
  expect(await lastCalls(ledger, pipeline, 's')).toEqual(new Map([['s1/a', 3]]));
});

test('slices of a shard that nobody reached are stale, those it lists no more are gone', async () => {
  const pipeline = randomName('p');
  const { runId, taskIds } = await runWithTasks(
    ledger,
    [{ kind: 'discover', slice: 'api/s1' }, extract('s1/a')],
    { pipeline },
  );
  const discover = await claimed(ledger, taskIds[0]);
  const of = { pipeline, source: 'api', shard: 's1' };
  await recordListing(ledger, discover, { ...of, isWhole: true }, [
    { slice: 's1/a', entities: 10 },
    { slice: 's1/b', entities: null },
  ]);
  await finishTask(ledger, await claimed(ledger, taskIds[1]), 'succeeded', {});
  await recordSliceStatus(ledger, runId, []);
  const unreached = { ...of, streams: ['s'], runId, code: 'HTTP_SHARD_DOWN', reason: 'it is down' };
  expect(await recordUnreachedShard(ledger, unreached)).toHaveLength(2);
  expect((await sliceStatuses(ledger, pipeline)).map(({ slice, status }) => [slice, status])).toEqual([
    ['s1/a', 'stale'],
    ['s1/b', 'missing'],
  ]);
  expect(await sliceCounts(ledger, [pipeline])).toEqual([
    {
      ...{ pipeline, stream: 's', fresh: 0, incomplete: 0, stale: 1, missing: 1 },
      ...{ oldestSuccessAt: null, expectedEntities: 0, answeredEntities: 0 },
    },
  ]);
  expect(await slicesNotFresh(ledger, [pipeline], 1)).toEqual([
    {
      ...{ pipeline, stream: 's', slice: 's1/b', status: 'missing', runId },
      ...{ reason: 'it is down', lastSuccessAt: null },
    },
  ]);
  const [one, both] = [{ slice: 's1/a', entities: 11 }, await knownSlices(ledger, of)];
  // What a listing does not name is gone only if it names everything.
  await recordListing(ledger, discover, { ...of, isWhole: false }, [one]);
  expect((await knownSlices(ledger, of)).map(({ gone }) => gone)).toEqual(both.map(() => false));
  await recordListing(ledger, discover, { ...of, isWhole: true }, [one]);
  await recordGoneSlices(ledger, pipeline, 'api', ['s']);
  expect(await knownSlices(ledger, of)).toEqual([
    { slice: 's1/a', entities: 11, gone: false },
    { slice: 's1/b', entities: null, gone: true },
  ]);
  expect((await sliceStatuses(ledger, pipeline)).map(({ status }) => status)).toEqual(['stale', 'gone']);
});

test('a way is remembered until it expires', async () => {
  const key = { pipeline: randomName('p'), stream: 's', slice: 's1/a' };
  expect(await chosenWay(ledger, key)).toBe('coarse');
  await rememberWay(ledger, key, 'fine', 60_000);
  expect(await chosenWay(ledger, key)).toBe('fine');
  await rememberWay(ledger, key, 'fine', 0);
  expect(await chosenWay(ledger, key)).toBe('coarse');
});

test('dropped keys of several processes add up; the table refuses a name that may not be told', async () => {
  const { runId } = await runWithTasks(ledger, [extract('s1/a')]);
  const by = (processId: string) => ({ runId, pipeline: 'p', stream: 's', processId });
  const named = { parent: 'state', key: 'nickname', entities: 150, occurrences: 150 };
  await replaceDroppedKeys(ledger, by('one'), [named]);
  await replaceDroppedKeys(ledger, by('one'), [{ ...named, occurrences: 200 }]);
  await replaceDroppedKeys(ledger, by('two'), [
    named,
    { parent: 'state', key: null, entities: 1, occurrences: 2 },
  ]);
  expect(await droppedKeys(ledger, runId)).toMatchObject([
    { parent: 'state', key: 'nickname', occurrences: 350 },
    { parent: 'state', key: null, occurrences: 2 },
  ]);
  for (const wrong of [
    { ...named, key: 'a@b.example' },
    { ...named, entities: 99 },
  ]) {
    await expect(replaceDroppedKeys(ledger, by('three'), [wrong])).rejects.toThrow();
  }
});
