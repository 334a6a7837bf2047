import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { fnvOfText } from '../fnv-hash.ts';
import { countDropped, type DroppedKeys, recordDroppedKeys } from './dropped-keys.ts';

function drop(recorder: DroppedKeys, path: string, key: string, entities: number, from = 0): void {
  for (let i = 0; i < entities; i += 1)
    countDropped(recorder.site(path).counterOf(key), fnvOfText(`d-${from + i}`));
}

test('a key is named from 100 different entities on', () => {
  const recorder = recordDroppedKeys();
  drop(recorder, '', 'owner', 99);
  drop(recorder, '', 'owner', 99);
  expect(recorder.snapshot()).toEqual([{ path: '', key: null, entities: 99, occurrences: 198 }]);
  drop(recorder, '', 'owner', 1, 99);
  drop(recorder, '', 'owner', 50, 1000);
  expect(recorder.snapshot()).toEqual([{ path: '', key: 'owner', entities: 100, occurrences: 249 }]);
});

test.each(['a@example.org', 'Maria Silva', '11-987', '', 'é', 'a'.repeat(65), 'a.b', '1a'])(
  'a key that is no identifier is never named: %j',
  (key) => {
    const recorder = recordDroppedKeys();
    drop(recorder, 'state', key, 500);
    expect(recorder.snapshot()).toEqual([{ path: 'state', key: null, entities: 100, occurrences: 500 }]);
  },
);

test('rows without an entity count, and name nothing', () => {
  const recorder = recordDroppedKeys();
  for (let i = 0; i < 500; i += 1) countDropped(recorder.site('').counterOf('owner'), undefined);
  expect(recorder.snapshot()).toEqual([{ path: '', key: null, entities: 0, occurrences: 500 }]);
});

test('keys beyond the first thousand are counted together', () => {
  const recorder = recordDroppedKeys();
  for (let i = 0; i < 5000; i += 1) drop(recorder, i % 2 === 0 ? '' : 'state', `key_${i}`, 1);
  drop(recorder, '', 'late', 200);
  drop(recorder, '', 'key_0', 200);
  expect(recorder.snapshot()).toEqual([
    { path: '', key: null, entities: 100, occurrences: 2699 },
    { path: '', key: 'key_0', entities: 100, occurrences: 201 },
    { path: 'state', key: null, entities: 1, occurrences: 2500 },
  ]);
});

test('paths and keys come sorted, each path with one line for all unnamed keys', () => {
  const recorder = recordDroppedKeys();
  drop(recorder, '^', 'b', 100);
  drop(recorder, '^', 'a', 100);
  drop(recorder, '^', 'x', 3);
  drop(recorder, '^', 'y', 5);
  drop(recorder, '', 'z', 100);
  expect(recorder.snapshot().map(({ path, key, occurrences }) => [path, key, occurrences])).toEqual([
    ['', 'z', 100],
    ['^', null, 8],
    ['^', 'a', 100],
    ['^', 'b', 100],
  ]);
});

test('a recorder that is printed shows no key', () => {
  const recorder = recordDroppedKeys();
  drop(recorder, '', 'maria_silva', 3);
  expect(inspect(recorder, { depth: null, showHidden: false })).not.toContain('maria');
  expect(JSON.stringify(recorder)).not.toContain('maria');
});
