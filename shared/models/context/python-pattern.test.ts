import { expect, test } from 'vitest';
import { pythonPattern } from './python-pattern.ts';

test.each([
  ['a.c', '', 'a\nc', false],
  ['(?s)a.c', '', 'a\nc', true],
  ['(?i)(?s)A.c', '', 'a\nC', true],
  ['(?im)^b$', '', 'A\nB', true],
  ['a c # then d\n d', 'x', 'acd', true],
  ['(?x) a [ #] c \\ d', '', 'a#c d', true],
  ['(?x) a [ #] c', '', 'ac', false],
  ['(?P<q>[\'"])x(?P=q)', '', "'x' \"x'", true],
  ['(?P<q>[\'"])x(?P=q)', '', '"x\'', false],
  ['(?m)\\Ab', '', 'a\nb', false],
  ['(?m)a\\Z', '', 'a\nb', false],
  ['(?m)b\\Z', '', 'a\nb', true],
])('%j with flags %j on %j: %s', (pattern, flags, text, expected) => {
  expect(pythonPattern(pattern, flags).test(text)).toBe(expected);
});

test('a pattern that cannot be read says so', () => {
  expect(() => pythonPattern('(', '')).toThrow('cannot be read');
});
