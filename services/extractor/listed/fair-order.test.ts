import { expect, test } from 'vitest';
import { inFairOrder } from './fair-order.ts';

const task = (slice: string, calls: number, stream = 's') => ({ stream, slice, calls });

test('a slice of ten goes before one of ten thousand, whoever was listed first', () => {
  const order = inFairOrder([task('huge', 10_000), task('b', 10), task('a', 10)]);
  expect(order.map(({ slice }) => slice)).toEqual(['a', 'b', 'huge']);
});

test('all streams of a slice share its turn: a second stream waits for what the first one took', () => {
  const order = inFairOrder([
    task('a', 5, 'states'),
    task('a', 1, 'tree'),
    task('b', 4, 'states'),
    task('b', 1, 'tree'),
  ]);
  expect(order.map(({ slice, stream, tag }) => [slice, stream, tag])).toEqual([
    ['a', 'tree', 1],
    ['b', 'tree', 1],
    ['b', 'states', 5],
    ['a', 'states', 6],
  ]);
});
