import { expect, it } from 'vitest';
import { planBuild } from './plan-build.ts';

const models = [
  { name: 'silver', reads: ['bronze'], sqlChecksum: 's', dependsOnAsOf: false },
  { name: 'gold', reads: ['silver'], sqlChecksum: 'g', dependsOnAsOf: false },
  { name: 'aging', reads: ['bronze'], sqlChecksum: 'a', dependsOnAsOf: true },
];
const built = (
  version: string,
  reads: Record<string, string>,
  sqlChecksum: string,
  asOf: string | null = null,
) => ({
  version,
  inputVersions: reads,
  sqlChecksum,
  asOf,
});
const state = {
  bronze: built('b1', {}, ''),
  silver: built('s1', { bronze: 'b1' }, 's'),
  gold: built('g1', { silver: 's1' }, 'g'),
  aging: built('a1', { bronze: 'b1' }, 'a', '2024-01-01'),
};
const reasons = (over: object = {}, asOf = '2024-01-01', force = false) =>
  planBuild(models, { ...state, ...over }, asOf, force).map(({ reason }) => reason);

it.each([
  ['nothing', {}, ['no changes', 'no changes', 'no changes']],
  ['the input', { bronze: built('b2', {}, '') }, ['input changed', 'input changed', 'input changed']],
  ['the SQL', { gold: built('g1', { silver: 's1' }, 'old') }, ['no changes', 'sql changed', 'no changes']],
  ['its existence', { silver: undefined }, ['never built', 'input changed', 'no changes']],
  [
    'what it was built from',
    { gold: built('g1', { silver: 's0' }, 'g') },
    ['no changes', 'input changed', 'no changes'],
  ],
])('builds exactly what hangs on a change of %s', (_what, over, expected) => {
  expect(reasons(over)).toEqual(expected);
});

it('rebuilds what asked for the date when only that changed', () => {
  expect(reasons({}, '2024-01-02')).toEqual(['no changes', 'no changes', 'as_of changed']);
});

it('builds everything when forced', () => {
  expect(reasons({}, '2024-01-01', true)).toEqual(['forced', 'forced', 'forced']);
});

it('takes an input that has no version yet for the same, however its absence was recorded, until it has one', () => {
  for (const none of ['', '0']) {
    const without = {
      bronze: undefined,
      silver: built('s1', { bronze: none }, 's'),
      aging: built('a1', { bronze: none }, 'a', '2024-01-01'),
    };
    expect(reasons(without)).toEqual(['no changes', 'no changes', 'no changes']);
    expect(reasons({ ...without, bronze: built('1', {}, '') })[0]).toBe('input changed');
  }
});
