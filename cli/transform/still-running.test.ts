import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NodeResult } from '#shared/models/invoke/node-result.ts';
import { stillRunning } from './still-running.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells after 10, 20 and 40 seconds, and no more once the node has ended', () => {
  const said: string[] = [];
  const watch = stillRunning((line) => said.push(line));
  const node = { uniqueId: 'model.a.x', kind: 'model' as const, label: 'gold.x', noun: 'table' };
  watch({ type: 'node-started', node, index: 3, total: 40 });
  vi.advanceTimersByTime(9_999);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(35_000);
  watch({ type: 'node-finished', result: { uniqueId: 'model.a.x' } as NodeResult, index: 3, total: 40 });
  vi.advanceTimersByTime(600_000);
  expect(said).toEqual([10, 20, 40].map((s) => `3 of 40 RUN table gold.x [running for ${s}s]`));
});
