import { expect, test } from 'vitest';
import { parseExactJson } from './exact-json.ts';

test.each([
  ['0', 0],
  ['-1.50', -1.5],
  ['1e3', 1000],
  ['9007199254740991', 9007199254740991],
  ['0.1', 0.1],
  ['1000000000000000000000', 1e21],
  ['1.7976931348623157e308', Number.MAX_VALUE],
  ['0.00000000000000000000', 0],
  ['123456789.125000000000', 123456789.125],
])('%s is a number that a double holds', (text, value) => {
  expect(parseExactJson(text)).toBe(value);
});

test.each([
  '9007199254740993',
  '-9223372036854775808',
  '12345678901234567890.123456789',
  '0.1000000000000000055511151231257827',
  '1e400',
  '-1e400',
  '1e-400',
])('%s stays as it was written', (text) => {
  expect(parseExactJson(text)).toBe(text);
  expect(parseExactJson(`{"a": [{"b": ${text}}]}`)).toEqual({ a: [{ b: text }] });
});

test('digits in text are left alone', () => {
  const value = { a: '9007199254740993', '12345678901234567890': 'x', b: 1 };
  expect(parseExactJson(JSON.stringify(value))).toEqual(value);
});

test('a key called __proto__ is a key', () => {
  expect(Object.keys(parseExactJson('{"__proto__": {"a": 1}}') as object)).toEqual(['__proto__']);
});

test.each(['', '{', '[1,]', 'NaN', "{'a': 1}", '1 2', '\u0000'])(
  '%j is not JSON, and is not quoted',
  (text) => {
    expect(() => parseExactJson(text, 7)).toThrow(expect.objectContaining({ problem: 'not-json', row: 7 }));
  },
);

test('depth ends in an error, not in a crash', () => {
  const deep = `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`;
  expect(() => parseExactJson(deep)).toThrow(expect.objectContaining({ name: 'BrokenObject' }));
});
