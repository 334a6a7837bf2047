import { expect, test } from 'vitest';
import { compileRowPath } from './row-path.ts';

const facts = { shard: 's1', endpoint: '/v1' };
const rowsOf = (path: string, answer: unknown) => compileRowPath(path).rowsOf(answer, facts);
const shape = expect.objectContaining({ code: 'HTTP_UNEXPECTED_SHAPE' });

test('rows of an array at the root, under keys, or the answer itself', () => {
  expect(rowsOf('items[]', { items: [1, 2] }).map(({ value }) => value)).toEqual([1, 2]);
  expect(rowsOf('data.items[]', { data: { items: [1] } }).map(({ value }) => value)).toEqual([1]);
  expect(rowsOf('[]', [1, 2]).map(({ value }) => value)).toEqual([1, 2]);
  expect(rowsOf('', { a: 1 })).toEqual([{ value: { a: 1 }, parents: [] }]);
});

test('rows deep down come with the elements around them, innermost first, the answer last', () => {
  const room = { room_id: 'r', in: { thermostats: [{ id: 1 }, { id: 2 }] } };
  const site = { site_id: 's', rooms: [room, { room_id: 'empty', in: { thermostats: null } }] };
  const answer = { sites: [site] };
  expect(rowsOf('sites[].rooms[].in.thermostats[]', answer)).toEqual([
    { value: { id: 1 }, parents: [room, site, answer] },
    { value: { id: 2 }, parents: [room, site, answer] },
  ]);
});

test('an array that is absent or something else is an error, and null is empty', () => {
  expect(rowsOf('items[]', { items: null })).toEqual([]);
  for (const answer of [{}, { items: {} }, { items: 'x' }, [], null, 'x']) {
    expect(() => rowsOf('items[]', answer)).toThrow(shape);
  }
  expect(() => rowsOf('sites[].rooms[]', { sites: [{ rooms: [] }, { room: [] }] })).toThrow(shape);
});

test('who keeps an answer need not keep its rows', () => {
  for (const [path, answer, left] of [
    ['items[]', { items: [1, 2], next: 'c' }, { items: [], next: 'c' }],
    ['data.sites[].rooms[]', { data: { sites: [{ rooms: [1] }] } }, { data: { sites: [] } }],
    ['[]', [1, 2], []],
    ['', { a: 1 }, { a: 1 }],
    ['items[]', { items: null }, { items: null }],
  ] as const) {
    const rows = rowsOf(path, answer);
    const values = rows.map(({ value }) => value);
    compileRowPath(path).release(answer);
    expect(answer).toEqual(left);
    expect(rows.map(({ value }) => value)).toEqual(values);
  }
});

test('keys that every object inherits are no keys', () => {
  expect(() => rowsOf('constructor[]', {})).toThrow(shape);
  expect(rowsOf('__proto__[]', JSON.parse('{"__proto__":[1]}')).map(({ value }) => value)).toEqual([1]);
});

test('elements of the outermost array give the same rows one by one', () => {
  const path = compileRowPath('sites[].rooms[]');
  const sites = [{ rooms: [1, 2] }, { rooms: [3] }];
  expect(path.outer).toEqual(['sites']);
  const values = (rows: readonly { readonly value: unknown }[]) => rows.map(({ value }) => value);
  const oneByOne = sites.flatMap((site) => path.rowsWithin(site, facts));
  expect(values(oneByOne)).toEqual(values(path.rowsOf({ sites }, facts)));
});

test.each(['items', 'items[', 'items[]x', '.items[]', 'a..b[]', 'items[0]', 'a[].b', '[].a[]'])(
  '%s is no path',
  (path) => {
    expect(() => compileRowPath(path)).toThrow(expect.objectContaining({ code: 'HTTP_DECLARATION_INVALID' }));
  },
);
