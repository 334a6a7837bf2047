import { expect, it } from 'vitest';
import type { ResultValue } from '../adapter/adapter.ts';
import { differenceOf } from './difference-of.ts';

const result = (actual: readonly ResultValue[][], expected: readonly ResultValue[][]) => ({
  message: 'SELECT',
  code: 'SELECT',
  rowsAffected: null,
  columns: ['id', 'name', 'whose'].map((name) => ({ name, dataType: 'text' })),
  rows: [...actual.map((row) => [...row, 'actual']), ...expected.map((row) => [...row, 'expected'])],
});

it('finds nothing between the same rows in another order', () => {
  expect(
    differenceOf(
      result(
        [
          [1n, 'a'],
          [2n, null],
        ],
        [
          [2n, null],
          [1n, 'a'],
        ],
      ),
    ),
  ).toBeUndefined();
  expect(differenceOf(result([], []))).toBeUndefined();
});

it('counts rows: one that comes twice is not one that comes once', () => {
  expect(
    differenceOf(
      result(
        [
          [1n, 'a'],
          [1n, 'a'],
        ],
        [[1n, 'a']],
      ),
    ),
  ).toBe('actual differs from expected:\n\n@@ ,id,name\n+++,1 ,a');
});

it('shows what changed in a row, and rows that only one side has', () => {
  const actual = [
    [1n, 'a'],
    [2n, 'b'],
  ];
  const expected = [
    [1n, 'z'],
    [9n, { kind: 'decimal' as const, text: '1.50' }],
  ];
  expect(differenceOf(result(actual, expected))?.split('\n').slice(2)).toEqual([
    '@@ ,id,name',
    '→  ,1 ,z→a',
    '+++,2 ,b',
    '---,9 ,1.50',
  ]);
});

it('tells a NULL from the word', () => {
  expect(
    differenceOf(result([[null, 'x']], [['null', 'x']]))
      ?.split('\n')
      .at(-1),
  ).toBe("→ ,'null'→null,x");
});

it('shows no more rows than somebody reads', () => {
  const many = Array.from({ length: 80 }, (_, i) => [BigInt(i), 'x']);
  const text = differenceOf(result(many, []))?.split('\n') ?? [];
  expect(text.at(-1)).toBe('… and 30 more');
  expect(text).toHaveLength(2 + 1 + 50 + 1);
});
