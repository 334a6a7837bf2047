import { expect, it } from 'vitest';
import type { ModelNode } from '../project/project.ts';
import { findCycle, inOrder, longestPaths } from './graph.ts';
import { runGraph } from './run-graph.ts';
import { parseTerm, selectModels } from './select.ts';

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

const model = (name: string, layer: string, refs: string[], tags: string[] = []): [string, ModelNode] => [
  name,
  { name, layer, refs, file: `models/${layer}/${name}.sql`, config: { tags } } as unknown as ModelNode,
];

const models = new Map([
  model('raw', 'silver', []),
  model('clean', 'silver', ['raw'], ['daily']),
  model('mart', 'gold', ['clean']),
]);

it.each([
  [['mart'], 'mart'],
  [['+mart'], 'clean mart raw'],
  [['1+mart'], 'clean mart'],
  [['raw+1'], 'clean raw'],
  [['layer:silver'], 'clean raw'],
  [['tag:daily+'], 'clean mart'],
  [['path:models/gold', 'raw'], 'mart raw'],
  [[], 'clean mart raw'],
])('selects %j', (selection, expected) => {
  expect([...selectModels(models, selection)].sort().join(' ')).toBe(expected);
});

it('refuses a selection that cannot be read or matches nothing', () => {
  expect(() => parseTerm('+')).toThrow(/selector=\+/);
  expect(() => selectModels(models, ['layer:bronze'])).toThrow(/layer:bronze/);
});
