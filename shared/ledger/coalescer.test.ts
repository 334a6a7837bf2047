import { expect, test } from 'vitest';
import { Coalescer } from './coalescer.ts';

function recording(fail: (items: readonly string[]) => boolean = () => false, maxBatch = 10) {
  const batches: string[][] = [];
  const coalescer = new Coalescer<string, string>({
    together: async (items) => {
      batches.push([...items]);
      await new Promise(setImmediate);
      if (fail(items)) throw new Error(`refused ${items.join()}`);
      return items.map((item) => item.toUpperCase());
    },
    keyOf: (item) => item,
    maxBatch,
    isOneItemsFault: (error) => error instanceof Error && error.message.includes('bad'),
  });
  return { coalescer, batches };
}

test('calls of one tick share a batch, and each gets its own answer', async () => {
  const { coalescer, batches } = recording();
  expect(await Promise.all(['a', 'b', 'c'].map((item) => coalescer.add(item)))).toEqual(['A', 'B', 'C']);
  expect(batches).toEqual([['a', 'b', 'c']]);
});

test('calls made while a batch is under way form the next one', async () => {
  const { coalescer, batches } = recording();
  const first = coalescer.add('a');
  await new Promise(setImmediate);
  const later = [coalescer.add('b'), coalescer.add('c')];
  await Promise.all([first, ...later]);
  expect(batches).toEqual([['a'], ['b', 'c']]);
});

test('a key never stands twice in a batch, and batches are bounded', async () => {
  const { coalescer, batches } = recording(() => false, 2);
  await Promise.all(['a', 'a', 'b', 'c'].map((item) => coalescer.add(item)));
  expect(batches).toEqual([
    ['a', 'b'],
    ['a', 'c'],
  ]);
});

test('one item’s fault is its own; anything else is everybody’s', async () => {
  const faulty = recording((items) => items.includes('bad'));
  const settled = await Promise.allSettled(['a', 'bad', 'c'].map((item) => faulty.coalescer.add(item)));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const down = recording(() => true);
  const lost = await Promise.allSettled(['a', 'b'].map((item) => down.coalescer.add(item)));
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(down.batches).toHaveLength(1);
  await expect(down.coalescer.add('d')).rejects.toThrow('refused d');
});
