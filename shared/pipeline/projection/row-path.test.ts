import { expect, test } from 'vitest';
import { containersOf, fieldPath, parseDropPath, parseRowPath, pathText } from './row-path.ts';

test.each([
  ['a.b', { kind: 'value', up: 0, keys: ['a', 'b'] }],
  ['', { kind: 'value', up: 0, keys: [] }],
  ['^x', { kind: 'value', up: 1, keys: ['x'] }],
  ['^^x.y', { kind: 'value', up: 2, keys: ['x', 'y'] }],
  ['^', { kind: 'value', up: 1, keys: [] }],
  ['__proto__', { kind: 'value', up: 0, keys: ['__proto__'] }],
  ['$takenAt', { kind: 'filled', name: 'takenAt' }],
])('%j', (path, parsed) => {
  expect(parseRowPath(path)).toEqual(parsed);
  if ('up' in parsed) expect(pathText(parsed.up, parsed.keys)).toBe(path);
});

test.each([
  '$nothing',
  '$',
  '$takenAt.x',
  'a..b',
  '.a',
  'a.',
  'a^b',
  'a[].b',
  '^'.repeat(9),
  'a.$b',
  `${'a.'.repeat(17)}a`,
])('%j is no path', (path) => {
  expect(parseRowPath(path)).toBeUndefined();
});

test.each([
  ['items[]', [['items']]],
  ['sites[].rooms[].thermostats[]', [['thermostats'], ['rooms'], ['sites']]],
  ['data.items[]', [['data', 'items']]],
  ['items[].device', [['device'], ['items']]],
  ['', []],
])('containers of %j', (rows, containers) => {
  expect(containersOf(rows)).toEqual(containers);
});

test('a field stands at its own name unless it is mapped', () => {
  expect(fieldPath({ a: 'x.y' }, 'a')).toBe('x.y');
  expect(fieldPath({ a: 'x.y' }, 'constructor')).toBe('constructor');
});

test.each([
  ['owner.name', 0, ['owner', 'name']],
  ['^label', 1, ['label']],
  ['sites[].rooms[].devices[].pin', 0, ['pin']],
  ['sites[].rooms[].owner.name', 1, ['owner', 'name']],
  ['sites[].address', 2, ['address']],
  ['alarms[].text', 0, ['alarms']],
  ['state.alarms[]', 0, ['state', 'alarms']],
  ['sites[].notes[].text', 2, ['notes']],
])('what is known to be dropped: %s', (path, up, keys) => {
  expect(parseDropPath(path, 'sites[].rooms[].devices[]')).toMatchObject({ up, keys });
});

test.each(['', '^', '$day', 'sites[].', 'a..b'])('%j names no key to drop', (path) => {
  expect(parseDropPath(path, 'sites[].rooms[].devices[]')).toBeUndefined();
});
