import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { withTransaction } from '#shared/ledger/ledger.ts';
import {
  discardObject,
  newObjects,
  type ObjectOutcome,
  openObjectCount,
  quarantinedObjects,
  recordObjects,
  releaseObject,
} from '#shared/ledger/objects.ts';
import { finishTask } from '#shared/ledger/task-attempts.ts';
import { claimedTask, type LedgerFixture, ledgerFixture, randomName } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

const object = (key: string, etag: string) => ({
  ...{ bucket: 'b', key, etag, versionId: null, bytes: 10, modifiedAt: '2026-03-10T02:00:00.000Z' },
});
const good = (key: string, etag: string): ObjectOutcome => ({
  ...{ object: object(key, etag), outcome: 'landed', rows: 3, rejectedRows: 0, reason: null },
});
const broken = (key: string, etag: string): ObjectOutcome => ({
  object: object(key, etag),
  ...{ outcome: 'quarantined', rows: null, rejectedRows: null, reason: { code: 'OBJECT_BROKEN' } },
});

async function recorded(pipeline: string, ...outcomes: ObjectOutcome[]) {
  const task = await claimedTask(ledger, { kind: 'extract', stream: 's' }, { pipeline });
  await withTransaction(ledger, (tx) => recordObjects(tx, task, '1', outcomes));
  await finishTask(ledger, task, 'succeeded');
  return { pipeline, stream: 's' };
}

test('an object is new by key and content, not by date', async () => {
  const of = await recorded(randomName('p'), good('a', 'e1'), broken('b', 'e1'));
  const listed = [object('a', 'e1'), object('a', 'e2'), object('b', 'e1'), object('c', 'e1')];
  expect((await newObjects(ledger, of, listed)).map(({ key, etag }) => `${key} ${etag}`)).toEqual([
    'a e2',
    'c e1',
  ]);
  expect(await newObjects(ledger, { ...of, stream: 'other' }, listed)).toHaveLength(4);
});

test('a broken object stays listed until a person released it or gave it up', async () => {
  const of = await recorded(randomName('p'), broken('b', 'e1'), broken('c', 'e1'));
  expect(await openObjectCount(ledger, of.pipeline, 's')).toBe(2);
  expect(await quarantinedObjects(ledger, of.pipeline)).toMatchObject([
    { bucket: 'b', key: 'b', etag: 'e1', reason: { code: 'OBJECT_BROKEN' } },
    { key: 'c' },
  ]);
  expect(await releaseObject(ledger, { ...of, key: 'b', etag: 'e1' }, 'me')).toBe(true);
  expect(await discardObject(ledger, { ...of, key: 'c', etag: 'e1' }, 'me')).toBe(true);
  expect(await discardObject(ledger, { ...of, key: 'c', etag: 'e1' }, 'me')).toBe(false);
  expect(await openObjectCount(ledger, of.pipeline, 's')).toBe(0);
  const listed = [object('b', 'e1'), object('c', 'e1')];
  expect((await newObjects(ledger, of, listed)).map(({ key }) => key)).toEqual(['b']);
});

test('a broken object waits for nobody once another content has landed under its key', async () => {
  const of = await recorded(randomName('p'), broken('b', 'e1'), broken('c', 'e1'));
  const task = await claimedTask(ledger, { kind: 'extract', stream: 's' }, { pipeline: of.pipeline });
  await withTransaction(ledger, (tx) => recordObjects(tx, task, '2', [good('b', 'e2')]));
  expect((await quarantinedObjects(ledger, of.pipeline)).map(({ key }) => key)).toEqual(['c']);
});

test('what became of an object is said once', async () => {
  const of = await recorded(randomName('p'), good('a', 'e1'));
  const change = `UPDATE ops.objects SET outcome = 'discarded' WHERE pipeline = $1`;
  await expect(ledger.rows(change, [of.pipeline])).rejects.toMatchObject({ code: 'LEDGER_ILLEGAL_MOVE' });
});
