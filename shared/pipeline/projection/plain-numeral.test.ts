import { expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { exactDecimalText, isPlainInteger, isPlainNumeral } from './plain-numeral.ts';

test('the character checks take what the expressions take', () => {
  const texts = [...HOSTILE_TEXTS, '-', '-.5', '-01', '1.', '-0.5', '0.', '-1.0', '1-', '٣', '9'.repeat(400)];
  for (const text of texts) {
    expect(isPlainInteger(text), text).toBe(/^(?:0|-?[1-9][0-9]*)$/.test(text) && !text.endsWith('\n'));
    expect(isPlainNumeral(text), text).toBe(
      /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(text) && !text.endsWith('\n'),
    );
  }
});

test.each([
  [0, '0'],
  [-0, '0'],
  [1.5, '1.5'],
  [-0.05, '-0.05'],
  [1e-7, '0.0000001'],
  [-1.25e-9, '-0.00000000125'],
  [123456789.123456, '123456789.123456'],
  [9007199254740991, '9007199254740991'],
  [9007199254740992, undefined],
  [1e21, undefined],
  [0.1 + 0.2, undefined],
  [1234567890.1234567, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
])('%d as decimal digits is %s', (value, text) => {
  expect(exactDecimalText(value)).toBe(text);
});
