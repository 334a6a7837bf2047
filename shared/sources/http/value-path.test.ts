import { expect, test } from 'vitest';
import { compileEntityOf, compileValuePath, idText } from './value-path.ts';

const row = { value: { id: 7, state: { t: 1 } }, parents: [{ id: 'room' }, { id: 'site' }] };
const invalid = expect.objectContaining({ code: 'HTTP_DECLARATION_INVALID' });

test.each([
  ['id', 7],
  ['state.t', 1],
  ['^id', 'room'],
  ['^^id', 'site'],
  ['^^^id', undefined],
  ['state.t.x', undefined],
  ['toString', undefined],
])('%s is %o', (path, expected) => {
  expect(compileValuePath(path)(row)).toBe(expected);
});

test.each(['', '^', 'a..b', 'a.'])('%o is no path', (path) => {
  expect(() => compileValuePath(path)).toThrow(invalid);
});

test.each([
  ['d-1', 'd-1'],
  [12, '12'],
  [2 ** 53, null],
  [1.5, null],
  ['', null],
  [null, null],
  [{}, null],
])('%o as an id is %o', (value, expected) => {
  expect(idText(value)).toBe(expected);
});

test('the entity of a row is found where the declaration maps it', () => {
  expect(compileEntityOf({ entity: 'device_id', map: { device_id: '^id' } })(row)).toBe('room');
  expect(compileEntityOf({ entity: 'id', map: {} })(row)).toBe('7');
  expect(() => compileEntityOf({ entity: 'id', map: { id: '$slice' } })).toThrow(invalid);
});
