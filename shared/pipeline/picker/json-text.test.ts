import { describe, expect, test } from 'vitest';
import { seededRandom } from '#test/support/seeded-random.ts';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { compileProjection } from '../project-row.ts';
import { recordDroppedKeys } from '../projection/dropped-keys.ts';
import type { PickedAnswer } from './picked-answer.ts';
import { PickedRows, pickedFields } from './picked-rows.ts';

const GOOD = [
  ...[
    '0',
    '-0',
    '7',
    '-12',
    '0.5',
    '-0.0',
    '1.50',
    '1e5',
    '1E+05',
    '2.5e-3',
    '123456789012345',
    '0.1234567890123',
  ],
  ...[
    '1234567890123456',
    '9007199254740993',
    '0.12345678901234567',
    '1e400',
    '-5e-324',
    '100000000000000000000',
  ],
  ...[
    'true',
    'false',
    'null',
    '""',
    '"a"',
    '"é👩"',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"\\u00e9\\uD83D\\ude00"',
    '"\\ud800"',
  ],
  ...[
    '"\u007f"',
    '"\u2028"',
    '{}',
    '[]',
    '[ ]',
    '{ }',
    '[1 , 2]',
    '{"a":1,"a":2}',
    '{"\\u0061":[{}]}',
    '{"__proto__":1}',
  ],
  ...['[[[[]]]]', ' \t\r\n{ "a" : [ 1 , { "b" : null } ] , "c" : "d" } ', `"${'x'.repeat(5000)}"`],
];

const BAD = [
  ...[
    '',
    ' ',
    '-',
    '01',
    '-01',
    '1.',
    '.5',
    '1.e5',
    '1e',
    '1e+',
    '+1',
    '0x10',
    '1.2.3',
    '--1',
    'NaN',
    'Infinity',
  ],
  ...[
    'tru',
    'True',
    'nulls',
    'fals',
    'truefalse',
    '"',
    '"a',
    '"\\"',
    '"\\x41"',
    '"\\u12g4"',
    '"\\u12"',
    "'a'",
  ],
  ...[
    '"a\nb"',
    '"\t"',
    '"a\u0000b"',
    '{',
    '}',
    '[',
    ']',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
  ],
  ...[
    '{a:1}',
    '{"a":1 "b":2}',
    '{"a" 1}',
    '{,}',
    '[}',
    '{]',
    '1 1',
    '[]]',
    '{}}',
    '"a"b',
    '/* */1',
    '\ufeff1',
    '\u00a01',
    '\v1',
  ],
];

const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v: f.float64() } });
const { picker } = compileProjection(
  { contract, map: {}, drop: [], entity: null, eventTime: null, rows: 'items[]', hashKey: null },
  recordDroppedKeys(),
);

const answer = (x: string, v = '1'): string => `{"items":[{"id":"a","x":${x},"v":${v}}]}`;

function picked(text: string): PickedAnswer | undefined {
  if (picker === null) throw new Error('such rows can be picked');
  return picker.pick(Buffer.from(text));
}

/** The text of `v` in the only row, undefined when the row is to be parsed. */
function numberIn(text: string): string | null | undefined {
  const [row] = picked(text)?.rows ?? [];
  return row instanceof PickedRows ? pickedFields(row, row.at(0)).get(1) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each(GOOD)('%s is looked through', (json) => {
  expect(numberIn(answer(json))).toBe('1');
  expect(picked(answer('1', json))).toBeDefined();
});

test.each(BAD)('%s is no JSON', (json) => {
  expect(isJson(json)).toBe(false);
  expect(picked(answer(json))).toBeUndefined();
  expect(picked(answer('1', json))).toBeUndefined();
});

describe('whatever the text', () => {
  const random = seededRandom(20_261_122);
  const pick = <T>(of: ArrayLike<T>): T => of[Math.floor(random() * of.length)] as T;

  test('of 10,000 changed texts it is known which are JSON', () => {
    const inserts = '0123456789.-+eE"\\{}[],: \n\u0000tfnu/é';
    let good = 0;
    for (let i = 0; i < 10_000; i += 1) {
      let text = pick(GOOD.filter((one) => one.length < 100));
      if (random() < 0.3) text = `[${text},${pick(BAD)}]`;
      for (let changes = Math.floor(random() * 3); changes > 0; changes -= 1) {
        const at = Math.floor(random() * (text.length + 1));
        text =
          text.slice(0, at) +
          (random() < 0.6 ? pick(inserts) : '') +
          text.slice(at + (random() < 0.5 ? 1 : 0));
      }
      if (!text.isWellFormed()) continue;
      if (isJson(text)) good += 1;
      for (const whole of [answer(text), answer('1', text)])
        expect(picked(whole) !== undefined, JSON.stringify(whole)).toBe(isJson(whole));
    }
    expect(good).toBeGreaterThan(1_500);
  });

  test('numbers of any length are written as the doubles that a parser makes of them', () => {
    const digits = (count: number): string =>
      Array.from({ length: count }, () => pick('0000123456789')).join('');
    for (let i = 0; i < 20_000; i += 1) {
      const whole = `${random() < 0.3 ? '' : pick('123456789')}${digits(Math.floor(random() * 10))}`;
      const decimals = random() < 0.2 ? '' : `.${digits(1 + Math.floor(random() * 14))}`;
      const text = `${random() < 0.3 ? '-' : ''}${/^$|^0/.test(whole) ? '0' : whole}${decimals}`;
      expect(numberIn(answer('1', text)), text).toBe(String(JSON.parse(text)));
    }
  });
});

test('a value within 64 others is looked through, one deeper is for a parser', () => {
  const deep = (levels: number): string => answer(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
  expect(picked(deep(64))).toBeDefined();
  expect(picked(deep(65))).toBeUndefined();
});

test('an answer of a few bytes and one of many megabytes are read, one after the other', () => {
  const row = `{"id":"${'a'.repeat(60)}","x":{"y":[${'1,'.repeat(20)}1]},"v":2.50}`;
  for (const count of [1, 20_000, 3, 60_000, 1]) {
    const rows = picked(`{"items":[${Array.from({ length: count }, () => row).join()}]}`)?.rows ?? [];
    const [all] = rows;
    expect(rows).toHaveLength(1);
    if (!(all instanceof PickedRows)) throw new Error('they are picked');
    expect(all.count).toBe(count);
    expect([...pickedFields(all, all.at(count - 1)).values()]).toEqual(['a'.repeat(60), '2.5']);
  }
});
