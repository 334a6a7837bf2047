import { describe, expect, test } from 'vitest';
import { seededRandom } from '#test/support/seeded-random.ts';
import { JsonCursor } from './json-cursor.ts';
import { JsonText } from './json-text.ts';
import { skipJson, skipSpace } from './skip-json.ts';

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

const scanned = new JsonText();
const cursor = new JsonCursor(scanned);

/** Whether the whole text is one value. */
function isWhole(json: string): boolean {
  scanned.clear();
  scanned.add(Buffer.from(json));
  const end = skipJson(scanned.view, skipSpace(scanned.view, 0));
  return end >= 0 && skipSpace(scanned.view, end) === scanned.length;
}

/** What a cursor makes of it; undefined for no JSON. */
function readBy(json: string): unknown {
  scanned.clear();
  scanned.add(Buffer.from(json));
  const isRead =
    cursor.read(skipSpace(scanned.view, 0)) && skipSpace(scanned.view, cursor.at) === scanned.length;
  return isRead ? cursor.value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

test.each(GOOD)('%s is looked through, and read as it is parsed', (json) => {
  expect(isWhole(json)).toBe(true);
  expect(readBy(json)).toStrictEqual(JSON.parse(json));
});

test.each(BAD)('%s is no JSON', (json) => {
  expect(parsed(json)).toBeUndefined();
  expect(isWhole(json)).toBe(false);
  expect(readBy(json)).toBeUndefined();
});

describe('whatever the text', () => {
  const random = seededRandom(20_261_122);
  const pick = <T>(of: ArrayLike<T>): T => of[Math.floor(random() * of.length)] as T;

  test('a scanner and a cursor say of 10,000 changed texts what a parser says', () => {
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
      const expected = parsed(text);
      if (expected !== undefined) good += 1;
      expect(isWhole(text), JSON.stringify(text)).toBe(expected !== undefined);
      expect(readBy(text), JSON.stringify(text)).toStrictEqual(expected);
    }
    expect(good).toBeGreaterThan(1_500);
  });

  test('numbers of any length are the doubles that a parser makes of them', () => {
    const digits = (count: number): string =>
      Array.from({ length: count }, () => pick('0123456789')).join('');
    for (let i = 0; i < 20_000; i += 1) {
      const whole = `${random() < 0.3 ? '' : pick('123456789')}${digits(Math.floor(random() * 10))}`;
      const text = `${random() < 0.3 ? '-' : ''}${/^$|^0/.test(whole) ? '0' : whole}.${digits(1 + Math.floor(random() * 14))}`;
      expect(Object.is(readBy(text), JSON.parse(text)), text).toBe(true);
    }
  });
});

test('a value within 64 others is looked through, one deeper is not', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(isWhole(nested(64))).toBe(true);
  expect(isWhole(nested(65))).toBe(false);
  expect(isWhole(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBe(false);
});
