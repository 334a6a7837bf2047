import { expect, test } from 'vitest';
import { seededRandom } from '#test/support/seeded-random.ts';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { patternProblem, patternRegExp } from '../field-pattern.ts';
import { compileProjection } from '../project-row.ts';
import { recordDroppedKeys } from '../projection/dropped-keys.ts';
import { PATTERN_ACCEPTS, PATTERN_CLASSES, PATTERN_SHIFT, PATTERN_STEPS } from './assembly/layout.ts';
import { patternTable } from './pattern-table.ts';

const PATTERNS = [
  ...['^$', '^a$', '^a|b$', '^(?:ab|a)(?:c|bc)$', '^a*$', '^a+b?$', '^(a|b)*abb$', '^[^a]$', '^[^a-c]{2}$'],
  ...['^d-[0-9]{7,9}$', '^st-[0-9]{1,8}(?:-[0-9]{1,8})?$', '^[A-Z]{2,6}-[0-9]{1,4}(?: (?:Pro|Plus|Mini))?$'],
  ...[
    '^\\w+\\.\\w*$',
    '^\\d{2}:\\d{2}$',
    '^\\D\\W$',
    '^[\\w-]{1,20}$',
    '^é?a$',
    '^a{0}b{3,}$',
    '^[$^]\\^\\$$',
  ],
];
const ALPHABET = 'abcdPST-0129: .^$_~\u007f';

/** Whether a table takes a text, as the module finds out. */
function takes(table: Uint8Array, text: string): boolean {
  const shift = table[PATTERN_SHIFT] ?? 0;
  let state = 1;
  for (const byte of Buffer.from(text)) {
    const kind = table[PATTERN_CLASSES + byte] ?? 0;
    state = table[PATTERN_STEPS + (state << shift) + kind] ?? 0;
    if (state === 0) return false;
  }
  return table[PATTERN_ACCEPTS + state] === 1;
}

/** Every text of up to three letters, and longer ones that come near the patterns. */
const TEXTS = [
  ...[
    '',
    'd-1234567',
    'd-123456',
    'd-1234567890',
    'st-1',
    'st-12345678-1',
    'st-123456789',
    'st-1-',
    'TRV-20 Pro',
  ],
  ...['TRV-20 Pro ', 'T-1', 'abbabb', 'aabb', '12:34', '12:345', '$^$', '^^$', 'bbb', 'bbbbb', 'a_1.', '.a'],
  ...[...ALPHABET].flatMap((a) => [
    a,
    ...[...ALPHABET].flatMap((b) => [a + b, ...[...ALPHABET].map((c) => a + b + c)]),
  ]),
];

test.each(PATTERNS)('the table of %s takes what the pattern takes', (pattern) => {
  const table = patternTable(pattern);
  if (table === undefined) throw new Error('it is small');
  const regExp = patternRegExp(pattern);
  for (const text of TEXTS) expect(takes(table, text), JSON.stringify(text)).toBe(regExp.test(text));
});

test('tables of patterns that were put together at random take what the patterns take', () => {
  const random = seededRandom(20_261_125);
  const one = (of: readonly string[]): string => of[Math.floor(random() * of.length)] ?? '';
  const ATOMS = ['a', 'b', '[ab]', '[^a]', '\\d', '\\W', '[a-c0-]', '[\\w.]', '\\.', '\\|'];
  const QUANTIFIERS = ['', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?'];
  const part = (depth: number): string => {
    const atom =
      depth > 0 && random() < 0.4 ? `(${random() < 0.5 ? '?:' : ''}${whole(depth - 1)})` : one(ATOMS);
    return atom + one(QUANTIFIERS);
  };
  const whole = (depth: number): string =>
    Array.from({ length: 1 + Math.floor(random() * 2) }, () =>
      Array.from({ length: Math.floor(random() * 3) }, () => part(depth)).join(''),
    ).join('|');
  let [tables, taken] = [0, 0];
  for (let i = 0; i < 2_000; i += 1) {
    const pattern = `^${whole(2)}$`;
    const table = patternProblem(pattern) === undefined ? patternTable(pattern) : undefined;
    if (table === undefined) continue;
    tables += 1;
    const regExp = patternRegExp(pattern);
    for (let k = 0; k < 50; k += 1) {
      const text = Array.from({ length: Math.floor(random() * 6) }, () => one([...'aabbc0-.|Z'])).join('');
      const matches = regExp.test(text);
      if (matches) taken += 1;
      expect(takes(table, text), `${pattern} ${JSON.stringify(text)}`).toBe(matches);
    }
  }
  expect(tables).toBeGreaterThan(1_500);
  expect(taken).toBeGreaterThan(10_000);
});

test.each(['^[a-z]{1,1000}$', '^(?:a|b)*a(?:a|b){12}$'])(
  '%s is too large for a table, and is judged all the same',
  (pattern) => {
    expect(patternTable(pattern)).toBeUndefined();
    const contract = defineContract({
      version: 1,
      key: ['id'],
      fields: { id: f.text(), v: f.text({ pattern }) },
    });
    const { picker } = compileProjection(
      { contract, map: {}, drop: [], entity: null, eventTime: null, rows: 'items[]', hashKey: null },
      recordDroppedKeys(),
    );
    const items = [`${'a'.repeat(13)}`, 'A'].map((v, i) => ({ id: String(i), v }));
    expect(picker?.pick(Buffer.from(JSON.stringify({ items })))?.rows).toHaveLength(2);
  },
);
