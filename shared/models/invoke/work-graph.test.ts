import { expect, it } from 'vitest';
import { workGraph } from './work-graph.ts';

/** `src` → `a` → `b` → `c`, `a` → `d`; tests `t_src`, `t_a`, `t_ab` (reads a and b), `t_cd`. */
const reads = new Map([
  ['src', []],
  ['a', ['src']],
  ['b', ['a']],
  ['c', ['b']],
  ['d', ['a']],
  ['t_src', ['src']],
  ['t_a', ['a']],
  ['t_ab', ['a', 'b']],
  ['t_cd', ['c', 'd']],
]);
const tests = ['t_src', 't_a', 't_ab', 't_cd'];

const ordered = (selected: string[], gates = tests, unitTests = new Map<string, string[]>()) =>
  Object.fromEntries(
    [...workGraph({ reads, selected: new Set(selected), gates, unitTests })].map(([id, before]) => [
      id,
      before.sort().join(' '),
    ]),
  );

it('puts a test between all it reads and what needs all of that', () => {
  expect(ordered(['a', 'b', 'c', 'd', ...tests])).toEqual({
    a: 't_src',
    b: 'a t_a',
    c: 'b t_ab',
    d: 'a t_a',
    t_src: '',
    t_a: 'a',
    t_ab: 'a b',
    t_cd: 'c d',
  });
});

it('keeps the order through nodes that are not selected', () => {
  expect(ordered(['a', 'c'], [])).toEqual({ a: '', c: 'a' });
  expect(ordered(['src', 'd', 't_a'])).toEqual({ src: '', d: 'src t_a', t_a: 'src' });
});

it('holds nothing back by tests that are not selected', () => {
  expect(ordered(['a', 'b', 't_ab'])).toEqual({ a: '', b: 'a', t_ab: 'a b' });
});

it("runs a model's unit tests before it, and after what it reads", () => {
  const unitTests = new Map([['b', ['u_b']]]);
  expect(ordered(['a', 'b', 'u_b'], [], unitTests)).toEqual({ a: '', b: 'a u_b', u_b: 'a' });
});

it('runs unit tests of one model one after the other: what fails holds back those after it', () => {
  const unitTests = new Map([['b', ['u_1', 'u_2', 'u_3']]]);
  const selected = ['a', 'b', 'u_1', 'u_2', 'u_3'];
  const graph = workGraph({ reads, selected: new Set(selected), gates: [], unitTests });
  expect(graph.get('u_1')).toEqual(['a']);
  expect(graph.get('u_2')).toContain('u_1');
  expect(graph.get('u_3')).toContain('u_2');
  expect(graph.get('b')).toEqual(expect.arrayContaining(['u_1', 'u_2', 'u_3']));
});
