import { expect, test } from 'vitest';
import { formatOf } from './object-format.ts';

test.each([
  ['a/b.json', 'json', false],
  ['a/b.JSON.GZ', 'json', true],
  ['b.ndjson', 'ndjson', false],
  ['b.v2.jsonl.gz', 'ndjson', true],
  ['b.csv', 'csv', false],
  ['b.parquet', 'parquet', false],
])('%s is %s, compressed: %s', (key, format, gzip) => {
  expect(formatOf('by-name', key)).toEqual({ format, gzip });
});

test.each(['a/json', 'b.txt', 'b', 'b.gz', 'b.json/x'])('%s names no format', (key) => {
  expect(() => formatOf('by-name', key)).toThrow(expect.objectContaining({ problem: 'format-unknown' }));
});

test('a declared format goes before the name, which still says whether it is compressed', () => {
  expect(formatOf('csv', 'a/b.txt')).toEqual({ format: 'csv', gzip: false });
  expect(formatOf('csv', 'a/b.json.gz')).toEqual({ format: 'csv', gzip: true });
});
