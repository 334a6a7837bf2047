import { expect, it } from 'vitest';
import { findCycle, inOrder, longestPaths } from './graph.ts';
import { runGraph } from './run-graph.ts';

const graph = new Map([
  ['a', []],
  ['b', ['a']],
  ['c', ['b']],
  ['z', []],
]);

it('orders, measures and finds cycles', () => {
  expect(inOrder(graph)).toEqual(['a', 'b', 'c', 'z']);
  expect(Object.fromEntries(longestPaths(graph))).toEqual({ a: 3, b: 2, c: 1, z: 1 });
  expect(findCycle(graph)).toBeUndefined();
  expect(findCycle(new Map([['x', ['x']]]))).toEqual(['x', 'x']);
});

it('runs what the longest chain waits for first, never more at once than there are threads', async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const run = async (name: string): Promise<void> => {
    order.push(name);
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  await runGraph({ graph: new Map([['z', []], ...graph]), threads: 1, signal: undefined, run });
  expect(order).toEqual(['a', 'b', 'c', 'z']);
  expect(most).toBe(1);
});

it('begins nothing more after an abort', async () => {
  const controller = new AbortController();
  const order: string[] = [];
  const run = async (name: string): Promise<void> => {
    order.push(name);
    controller.abort();
  };
  await runGraph({ graph, threads: 1, signal: controller.signal, run });
  expect(order).toEqual(['a']);
});
