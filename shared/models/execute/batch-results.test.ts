import { expect, test } from 'vitest';
import { batchBounds, windowOfBounds } from './batch-results.ts';

test.each([
  ['2024-01-03T00:00:00Z', '2024-01-03T00:00:00+00:00'],
  ['2024-01-03T10:30:01.250Z', '2024-01-03T10:30:01.250000+00:00'],
])('%s is written %s, and read back', (at, text) => {
  const window = { start: new Date(at), end: new Date('2025-01-01') };
  expect(batchBounds(window)).toEqual([text, '2025-01-01T00:00:00+00:00']);
  expect(windowOfBounds(batchBounds(window))).toEqual(window);
});

test('what is no instant is refused', () => {
  expect(() => windowOfBounds(['never', '2024-01-01'])).toThrow(RangeError);
});
