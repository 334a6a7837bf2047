import { expect, test } from 'vitest';
import { FairSlots } from './fair-slots.ts';

const never = new AbortController().signal;

/** Takes a slot when one is free at once; undefined when it has to wait. */
function taker(slots: FairSlots) {
  const order: string[] = [];
  const held: { slice: string; release: () => void }[] = [];
  const ask = (slice: string, signal = never, need = 1): Promise<void> =>
    slots.acquire(slice, need, signal).then((release) => {
      order.push(slice);
      held.push({ slice, release });
    });
  const giveBack = async (slice?: string): Promise<void> => {
    const index = held.findIndex((one) => slice === undefined || one.slice === slice);
    held.splice(index, 1)[0]?.release();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { order, ask, giveBack };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a slice that waits alone may have all slots', async () => {
  const slots = new FairSlots(6);
  const { ask } = taker(slots);
  for (let call = 0; call < 9; call += 1) void ask('large');
  await settle();
  expect(slots.heldBy('large')).toBe(6);
});

test('no slice holds more than half while others wait', async () => {
  const slots = new FairSlots(6);
  const { ask, giveBack, order } = taker(slots);
  for (let call = 0; call < 30; call += 1) void ask('large');
  await settle();
  for (let call = 0; call < 10; call += 1) void ask('small');
  // As slots come free they go to the one that waits, until both have half.
  for (let step = 0; step < 3; step += 1) await giveBack('large');
  expect([slots.heldBy('large'), slots.heldBy('small')]).toEqual([3, 3]);
  order.length = 0;
  for (let step = 0; step < 4; step += 1) {
    await giveBack('small');
    expect(slots.heldBy('large')).toBeLessThanOrEqual(3);
    await giveBack('large');
    expect(slots.heldBy('small')).toBeLessThanOrEqual(3);
  }
  expect(order.filter((slice) => slice === 'small')).toHaveLength(4);
});

test('slices that need fewer calls go first, whoever came first', async () => {
  const slots = new FairSlots(1);
  const { order, ask, giveBack } = taker(slots);
  for (let call = 0; call < 3; call += 1) void ask('large', never, 100);
  for (let call = 0; call < 2; call += 1) void ask('middle', never, 20);
  void ask('new', never, 1);
  void ask('small', never, 5);
  await settle();
  for (let step = 0; step < 6; step += 1) await giveBack();
  expect(order).toEqual(['large', 'new', 'small', 'middle', 'middle', 'large', 'large']);
});

test('of slices that need as many calls one is served to its end, always the same', async () => {
  for (const arriving of [
    ['b', 'a', 'b', 'a'],
    ['a', 'a', 'b', 'b'],
  ]) {
    const slots = new FairSlots(1);
    const { order, ask, giveBack } = taker(slots);
    void ask('first');
    for (const slice of arriving) void ask(slice, never, 10);
    await settle();
    for (let step = 0; step < 4; step += 1) await giveBack();
    expect(order).toEqual(['first', 'a', 'a', 'b', 'b']);
  }
});

test('a slice of which more becomes known takes its place by that', async () => {
  const slots = new FairSlots(1);
  const { order, ask, giveBack } = taker(slots);
  void ask('first');
  void ask('a', never, 1);
  void ask('b', never, 5);
  void ask('a', never, 50);
  await settle();
  for (let step = 0; step < 3; step += 1) await giveBack();
  expect(order).toEqual(['first', 'b', 'a', 'a']);
});

test('who gives up while waiting takes no turn', async () => {
  const slots = new FairSlots(1);
  const { order, ask, giveBack } = taker(slots);
  const leaving = new AbortController();
  void ask('a');
  const left = ask('b', leaving.signal);
  void ask('c');
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  await giveBack();
  expect(order).toEqual(['a', 'c']);
});

test('who comes aborted does not wait', async () => {
  await expect(new FairSlots(1).acquire('a', 1, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
});

test('a slice at its half does not keep another from the rest when the number is odd', async () => {
  const slots = new FairSlots(5);
  const { ask } = taker(slots);
  for (let call = 0; call < 9; call += 1) {
    void ask('a');
    void ask('b');
    void ask('c');
  }
  await settle();
  expect(slots.heldBy('a') + slots.heldBy('b') + slots.heldBy('c')).toBe(5);
});
