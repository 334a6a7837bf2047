import { expect, test } from 'vitest';
import { ActiveFaults, NO_FAULTS } from '../scenario/active-faults.ts';
import { type FaultInput, parseScenario } from '../scenario/scenario.ts';
import { Cursors, type Position } from './cursors.ts';
import { pageOf } from './paging.ts';

const KEYS = [2, 3, 5, 8, 13, 21, 34];

const withFault = (fault: FaultInput): ActiveFaults =>
  new ActiveFaults(parseScenario({ faults: [fault] }).faults);

/** Pages to the end, at most ten, each as its keys. */
function pages(faults: ActiveFaults, keys: readonly number[] = KEYS, limit = 3): string[] {
  const seen: string[] = [];
  let from: Position | null = null;
  do {
    const page = pageOf(keys, { from, limit }, faults);
    seen.push(page.keys.join());
    from = page.next;
  } while (from !== null && seen.length < 10);
  return seen;
}

test('pages bring every entry once', () => {
  expect(pages(NO_FAULTS)).toEqual(['2,3,5', '8,13,21', '34']);
  expect(pages(NO_FAULTS, KEYS.slice(0, 6))).toEqual(['2,3,5', '8,13,21']);
  expect(pages(NO_FAULTS, [])).toEqual(['']);
});

test('an entry that vanishes between two pages takes no other with it', () => {
  const { next } = pageOf(KEYS, { from: null, limit: 3 }, NO_FAULTS);
  const left = KEYS.filter((key) => key !== 2 && key !== 8);
  expect(pageOf(left, { from: next, limit: 3 }, NO_FAULTS).keys).toEqual([13, 21, 34]);
});

test('reordered pages bring every entry once, backwards', () => {
  expect(pages(withFault({ kind: 'reordered-pages' }))).toEqual(['34', '21,13,8', '5,3,2']);
  expect(pages(withFault({ kind: 'reordered-pages' }), [])).toEqual(['']);
});

test('duplicate pages come twice each, under different cursors', () => {
  const faults = withFault({ kind: 'duplicate-pages' });
  expect(pages(faults)).toEqual(['2,3,5', '2,3,5', '8,13,21', '8,13,21', '34', '34']);
  expect(pages(faults, [])).toEqual(['']);
});

test('a looping cursor never ends', () => {
  expect(pages(withFault({ kind: 'cursor-loop' })).slice(0, 5)).toEqual([
    '2,3,5',
    '8,13,21',
    '2,3,5',
    '8,13,21',
    '2,3,5',
  ]);
  expect(pages(withFault({ kind: 'cursor-loop' }), [7])).toHaveLength(10);
});

test('cursors are of one list, and nobody can make one', () => {
  const cursors = new Cursors('secret');
  const position = { key: 8, repeated: true };
  const cursor = cursors.encode('c-00001/states', position);
  expect(cursors.decode('c-00001/states', cursor)).toEqual(position);
  expect(cursors.decode('c-00002/states', cursor)).toBeUndefined();
  expect(new Cursors('another').decode('c-00001/states', cursor)).toBeUndefined();
  const forged = Buffer.from(Buffer.from(cursor, 'base64url').toString().replace('8', '9')).toString(
    'base64url',
  );
  for (const wrong of [forged, '', '8', 'x.y', '%'])
    expect(cursors.decode('c-00001/states', wrong)).toBeUndefined();
});
