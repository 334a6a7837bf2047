import { expect, test } from 'vitest';
import { requestPath } from './request-path.ts';

const page = { param: 'cursor', next: 'next', limitParam: 'limit', limit: 50 };
const endpoint = {
  path: '/v1/c/{slice}/d/{entity}',
  query: { day: '{day}', all: 'yes' },
  rows: 'items[]',
  page,
};

test('placeholders are filled in and encoded, in path and query', () => {
  const path = requestPath(
    '/base',
    endpoint,
    { slice: 'a/b?c', entity: 'ü{day}', day: '2026-01-01&x' },
    'c=1&d',
  );
  expect(path).toBe(
    '/base/v1/c/a%2Fb%3Fc/d/%C3%BC%7Bday%7D?day=2026-01-01%26x&all=yes&limit=50&cursor=c%3D1%26d',
  );
});

test('the first page has no cursor; an answer without pages has no limit', () => {
  expect(requestPath('', { ...endpoint, path: 'x', query: {} }, {}, null)).toBe('/x?limit=50');
  expect(requestPath('', { ...endpoint, path: '/x', query: {}, page: null }, {}, null)).toBe('/x');
});

test('half a character is replaced, not thrown at', () => {
  expect(
    requestPath('', { ...endpoint, path: '/{entity}', query: {}, page: null }, { entity: '\ud800' }, null),
  ).toBe('/%EF%BF%BD');
});
