import { expect, test } from 'vitest';
import { cleanJson, cleanText } from './clean-text.ts';

test('NUL goes, lone surrogates become the replacement character, the rest stays', () => {
  expect(cleanText('a\u0000b\ud800c\udc00')).toBe('ab\ufffdc\ufffd');
  expect(cleanText('ção 😀')).toBe('ção 😀');
});

test('every string inside a value is cleaned, names included', () => {
  expect(cleanJson({ 'n\u0000': ['x\u0000', { deep: '\ud83d' }, 1, null, true] })).toEqual({
    n: ['x', { deep: '\ufffd' }, 1, null, true],
  });
});
