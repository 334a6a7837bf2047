import { expect, test } from 'vitest';
import { duration, grouped, table } from './table.ts';

test('columns are as wide as their widest cell, without trailing blanks', () => {
  const text = table(
    [{ title: 'layer' }, { title: 'rows', align: 'right' }],
    [
      ['bronze', '20 000'],
      ['x', '1'],
    ],
  );
  expect(text).toBe('layer     rows\n──────  ──────\nbronze  20 000\nx            1\n');
});

test('numbers are grouped, durations read like durations', () => {
  expect(grouped(1_234_567)).toBe('1 234 567');
  expect(grouped(12)).toBe('12');
  expect([duration(420), duration(3_140), duration(125_000)]).toEqual(['0.42 s', '3.1 s', '2 min 05 s']);
});
