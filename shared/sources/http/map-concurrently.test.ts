import { expect, test } from 'vitest';
import { mapConcurrently } from './map-concurrently.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('every item is worked on once, no more than so many at a time', async () => {
  let running = 0;
  let most = 0;
  const work = async (item: number): Promise<number> => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
    return item * 2;
  };
  const got: number[] = [];
  for await (const one of mapConcurrently([1, 2, 3, 4, 5, 6, 7], 3, work, never)) got.push(one);
  expect(got.sort((a, b) => a - b)).toEqual([2, 4, 6, 8, 10, 12, 14]);
  expect(most).toBe(3);
});

test('nothing to do ends at once', async () => {
  for await (const _ of mapConcurrently([], 3, async () => 1, never)) expect.unreachable();
});

test('who takes slowly is not run ahead of', async () => {
  let started = 0;
  const work = async (): Promise<void> => {
    started += 1;
  };
  const results = mapConcurrently(Array.from({ length: 100 }), 4, work, never);
  await results.next();
  for (let turns = 0; turns < 20; turns += 1) await turn();
  expect(started).toBeLessThanOrEqual(12);
  await results.return();
});

test('the first failure is thrown; the others are aborted and waited for', async () => {
  let ended = 0;
  const work = async (item: number, signal: AbortSignal): Promise<void> => {
    if (item === 1) {
      await turn();
      throw new Error('one failed');
    }
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await turn();
    ended += 1;
  };
  const all = async (): Promise<void> => {
    for await (const _ of mapConcurrently([1, 2, 3], 3, work, never)) expect.unreachable();
  };
  await expect(all()).rejects.toThrow('one failed');
  expect(ended).toBe(2);
});

test('leaving early aborts what is under way', async () => {
  const signals: AbortSignal[] = [];
  const work = async (item: number, signal: AbortSignal): Promise<number> => {
    signals.push(signal);
    if (item > 0) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return item;
  };
  for await (const _ of mapConcurrently([0, 1, 2], 3, work, never)) break;
  expect(signals.every((signal) => signal.aborted)).toBe(true);
});

test('the outer signal ends it with its reason', async () => {
  const stop = new AbortController();
  const work = async (_: number, signal: AbortSignal): Promise<void> => {
    await new Promise<void>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    );
  };
  const all = async (): Promise<void> => {
    for await (const _ of mapConcurrently([1, 2], 2, work, stop.signal)) expect.unreachable();
  };
  const ended = all();
  stop.abort(new Error('stopped'));
  await expect(ended).rejects.toThrow('stopped');
});
