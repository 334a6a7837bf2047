import { expect, test } from 'vitest';
import { isAskable, isSliceId } from './ids.ts';
import { parseShardUrl } from './shard-url.ts';

test('a URL is taken apart, client and secret decoded', () => {
  expect(parseShardUrl('https://cl%40ient:s%3Aecret@host:8443/api/v2/')).toEqual({
    origin: 'https://host:8443',
    basePath: '/api/v2',
    client: 'cl@ient',
    secret: 's:ecret',
  });
});

test.each([
  ['MARK', 'is no URL'],
  ['ftp://u:MARK@host', 'is neither http nor https'],
  ['http://u:MARK@host?x=1', 'has a query or a fragment'],
  ['http://u:%MARK@host', 'has a client or secret that is wrongly percent-encoded'],
])('%s is refused without being quoted', (url, problem) => {
  expect(parseShardUrl(url)).toBe(problem);
});

test.each([null, '', '.', '..', 'a/b', 'a b', 'MARK@example.org', 'x'.repeat(65), 'ü'])(
  'slice %o is refused',
  (id) => {
    expect(isSliceId(null)(id)).toBe(false);
  },
);

test('other ids are taken', () => {
  for (const id of ['c-00001', 'A.b_c-9', '...', 'x'.repeat(64)]) expect(isSliceId(null)(id)).toBe(true);
  expect(['d/1', 'ü', '..', '.', 'x'.repeat(257), '\ud800'].map(isAskable)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('a declared pattern narrows which slices are taken, and nothing widens it', () => {
  const isGood = isSliceId('^c-[0-9]+$|^a/b$');
  expect(isGood('c-17')).toBe(true);
  for (const id of ['PII-0123456789ab', 'c-17x', 'xc-17', 'a/b', null]) expect(isGood(id)).toBe(false);
});
