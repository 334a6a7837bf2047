import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { TextRow } from '#shared/pipeline/contract-zod.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { rowHash } from './row-hash.ts';

const contract = defineContract({
  version: 1,
  key: ['id'],
  fields: {
    id: f.int64(),
    a: f.text({ nullable: true }),
    b: f.text({ nullable: true }),
    amount: f.decimal(10, 2, { nullable: true }),
    score: f.float64({ nullable: true }),
    tags: f.array({ kind: 'text' }, { nullable: true }),
  },
});

const EMPTY: TextRow = { id: '1', a: null, b: null, amount: null, score: null, tags: null };
const hash = (row: TextRow): string => rowHash(contract, { ...EMPTY, ...row });

/** These must never change: stored hashes would all differ, and every row would be merged again. */
test('golden hashes', () => {
  const full = { a: 'é👩', b: '', amount: '-0.5', score: '0.1', tags: '["x",null,""]' };
  expect([
    hash({}),
    hash(full),
    hash({ a: '\u001f' }),
    hash({ score: 'NaN' }),
    hash({ score: '-1e-07' }),
  ]).toEqual([
    'f7115f0200bd9c6162ce434394df609a',
    '0896c1cbd66e864235cebca65f40eda3',
    '4156d7f3ecb17c8f4d67444abe95e4a2',
    'f69fb0e6f9483f59d349ae38ee423461',
    '5db312f04840129bb2d51f027367b238',
  ]);
});

test('rows that differ have different encodings', () => {
  const rows: TextRow[] = [
    ...[{}, { a: '' }, { b: '' }, { a: '', b: '' }, { a: 'ab' }, { a: 'a', b: 'b' }, { b: 'ab' }],
    ...[
      { a: '\u001f' },
      { a: '\u001ff' },
      { a: '\u001fn' },
      { a: '\u001fe' },
      { a: 'x\u001ffy' },
      { a: 'x', b: 'y' },
    ],
    ...[
      { tags: '[]' },
      { tags: '[""]' },
      { tags: '[null]' },
      { tags: '["",""]' },
      { tags: '["a","b"]' },
      { tags: '["ab"]' },
    ],
    ...[{ tags: '["a\\u001fvb"]' }, { score: '0' }, { amount: '0' }, { amount: '1' }, { amount: '0.01' }],
  ];
  expect(new Set(rows.map(hash)).size).toBe(rows.length);
});

test('one value has one hash, however it was written', () => {
  expect(hash({ amount: '1.5' })).toBe(hash({ amount: '1.50' }));
  expect(hash({ amount: '1.5' })).toBe(hash({ amount: '1.5000' }));
  expect(hash({ score: '-0' })).toBe(hash({ score: '0' }));
  expect(hash({ score: '100' })).toBe(hash({ score: '1e+02' }));
  expect(hash({ tags: '["a", "b"]' })).toBe(hash({ tags: '["\\u0061","b"]' }));
});

test.each([
  ['974491.1193847656', '9.7449111938476562e+05'],
  ['40113347.26464844', '4.0113347264648438e+07'],
  ['974491.1193847657', '9.7449111938476574e+05'],
  ['0.1', '1.0000000000000001e-01'],
])('a float enters as C writes it, halves rounded to even: %s', (text, written) => {
  const floats = defineContract({ version: 1, key: ['v'], fields: { v: f.float64() } });
  expect(rowHash(floats, { v: text })).toBe(createHash('md5').update(written).digest('hex'));
});
