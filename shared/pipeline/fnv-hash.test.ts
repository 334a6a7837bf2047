import { expect, test } from 'vitest';
import { fnvOfBytes, fnvOfText } from './fnv-hash.ts';

// Test vectors of the algorithm's authors (http://www.isthe.com/chongo/src/fnv/test_fnv.c).
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('%s', (text, hash) => {
  expect(fnvOfText(text) >>> 0).toBe(hash);
});

test.each(['d-1', 'é', 'aé', '👩', '\u0000'])('%s is the same as text and among bytes', (text) => {
  const bytes = Buffer.from(`..${text}..`);
  expect(fnvOfBytes(bytes, 2, bytes.length - 2)).toBe(fnvOfText(text));
});
