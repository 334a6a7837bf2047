import { expect, test } from 'vitest';
import type { Projection } from '#shared/pipeline/project-row.ts';
import { recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import { Projections } from './projections.ts';

/** Compiles projections that can be told apart, and nothing else. */
function compiler() {
  const made: Projection[] = [];
  const compile = (): Projection => {
    const one = {} as Projection;
    made.push(one);
    return one;
  };
  return { made, compile };
}

test('slices one after the other share a projection, slices at once never do', async () => {
  const { made, compile } = compiler();
  const projections = new Projections();
  const book = recordDroppedKeys();
  const own = async (one: Projection): Promise<Projection> => one;
  const first = await projections.use(book, compile, own);
  expect(await projections.use(book, compile, own)).toBe(first);
  const gate = Promise.withResolvers<void>();
  const held = [1, 2].map(() =>
    projections.use(book, compile, async (one) => {
      await gate.promise;
      return one;
    }),
  );
  gate.resolve();
  expect(new Set(await Promise.all(held)).size).toBe(2);
  expect(made).toHaveLength(2);
});

test('what counts into another recorder is another projection', async () => {
  const { made, compile } = compiler();
  const projections = new Projections();
  for (const book of [recordDroppedKeys(), recordDroppedKeys()])
    await projections.use(book, compile, async () => 0);
  expect(made).toHaveLength(2);
});

test('a slice that fails gives its projection back', async () => {
  const { made, compile } = compiler();
  const projections = new Projections();
  const book = recordDroppedKeys();
  await expect(projections.use(book, compile, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await projections.use(book, compile, async () => 0);
  expect(made).toHaveLength(1);
});
