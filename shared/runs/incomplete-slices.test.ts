import { expect, test } from 'vitest';
import type { SliceReport } from '#shared/ledger/run-manifest.ts';
import { incompleteSlices } from './incomplete-slices.ts';

const slice = (over: Partial<SliceReport>): SliceReport => ({
  stream: 's',
  slice: '',
  status: 'succeeded',
  window: 'settled',
  rows: 1,
  rejectedRows: 0,
  nullCursorRows: 0,
  heldBackMs: 0,
  heldBackBy: null,
  beganBelowBound: null,
  quarantinedFiles: 0,
  watermark: '1',
  expected: null,
  answered: null,
  callsByWay: null,
  errors: null,
  bytes: 0,
  durationMs: 1,
  incomplete: null,
  reason: null,
  ...over,
});
const reasons = (over: Partial<SliceReport>, failed: Parameters<typeof incompleteSlices>[1] = []) =>
  incompleteSlices([slice(over)], failed, 60_000).map(({ reason }) => reason);

test('a slice whose rows all came is not named', () => {
  expect(reasons({ heldBackMs: 60_000 })).toEqual([]);
});

test('what was given up is named with its error', () => {
  expect(reasons({ status: 'failed', reason: 'no route' })).toEqual(['no route']);
});

test('a failed load or merge makes every slice of its stream stale, and of no other', () => {
  const error = { code: 'X', message: 'tests failed', actor: 'author' };
  expect(reasons({}, [{ kind: 'merge', stream: 's', error }])).toEqual(['tests failed']);
  expect(reasons({}, [{ kind: 'merge', stream: 'other', error }])).toEqual([]);
  expect(reasons({}, [{ kind: 'models', stream: '', error }])).toEqual([]);
});

test('quarantine, a bound held back too long, and a transaction below the bound are told apart', () => {
  expect(reasons({ quarantinedFiles: 2 })[0]).toContain('2 file(s) in quarantine');
  expect(reasons({ heldBackMs: 61_000, heldBackBy: 'pid=7 (idle in transaction)' })[0]).toContain(
    '61 s by pid=7',
  );
  expect(reasons({ beganBelowBound: 'pid=9' })[0]).toContain('pid=9 began below');
});
