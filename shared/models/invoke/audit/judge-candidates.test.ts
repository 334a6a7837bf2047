import { expect, test } from 'vitest';
import type { NodeResult, NodeStatus } from '../node-result.ts';
import { judgeCandidates } from './judge-candidates.ts';

/** a ← b ← c, and d; tests of a, of c, between a and d, and one declared on nothing that reads b and d. */
const GRAPH = new Map([
  ['a', []],
  ['b', ['a', 'test_a']],
  ['c', ['b']],
  ['d', []],
  ['test_a', ['a']],
  ['test_c', ['c']],
  ['a_in_d', ['a', 'd']],
  ['singular', ['b', 'd']],
]);
const TESTS = [
  { id: 'test_a', subject: 'a' },
  { id: 'test_c', subject: 'c' },
  { id: 'a_in_d', subject: 'a' },
  { id: 'singular', subject: undefined },
];

/** Everything went well but for these. */
function judged(over: Readonly<Record<string, NodeStatus>>, aside = ['a', 'b', 'c', 'd']) {
  const results = [...GRAPH.keys()].map((uniqueId): NodeResult => {
    const status = over[uniqueId] ?? (aside.includes(uniqueId) ? 'success' : 'pass');
    return { uniqueId, status } as NodeResult;
  });
  const { passed, blocked, below } = judgeCandidates({ graph: GRAPH, aside, tests: TESTS, results });
  return [passed.join(), [...blocked.keys()].join(), [...below.keys()].join()];
}

test.each<[string, Readonly<Record<string, NodeStatus>>, string[]]>([
  ['all is well', {}, ['a,b,c,d', '', '']],
  ['a warning holds nothing back', { test_a: 'warn' }, ['a,b,c,d', '', '']],
  ['a test fails: what it is of, and what hangs below', { a_in_d: 'fail' }, ['d', 'a', 'b,c']],
  ['a test that could not run blocks as a failed one', { test_c: 'error' }, ['a,b,d', 'c', '']],
  ['a test that was not begun too', { test_c: 'skipped' }, ['a,b,d', 'c', '']],
  ['one that is declared on nothing judges all it reads', { singular: 'fail' }, ['a', 'b,d', 'c']],
  [
    'what failed is no candidate',
    { b: 'error', c: 'skipped', test_c: 'skipped', singular: 'skipped' },
    ['a', 'd', ''],
  ],
  [
    'half a microbatch model is not published',
    { d: 'partial success', a_in_d: 'skipped', singular: 'skipped' },
    ['', 'd,a,b', 'c'],
  ],
])('%s', (_title, over, expected) => expect(judged(over)).toEqual(expected));

test('what is written in place is not judged here', () => {
  expect(judged({ test_a: 'fail' }, ['c', 'd'])).toEqual(['c,d', '', '']);
});
