import { expect, it } from 'vitest';
import type { LandingCase } from './landing-conformance.ts';
import { keysOf, readText } from './read-object.ts';

const LEGAL = [
  'landing/with space/a b.parquet',
  'landing/ação/ímpar-ß-漢字-🙂.parquet',
  'landing/UPPER/lower',
  'landing/UPPER/Lower',
  'landing/%2e%2e/escaped',
  'landing/quote\'s "and" $(dollars)/*?#&+=;',
  `landing/${'x'.repeat(255)}`,
];

const HOSTILE = [
  '',
  '/',
  '/etc/passwd',
  '..',
  '../outside',
  'landing/../../outside',
  'landing/./a',
  'landing//a',
  'landing/a/',
  'landing/.hidden',
  'landing/nul\u0000.parquet',
  'landing/line\nbreak',
  'landing\\..\\outside',
  'landing/lone\ud800surrogate',
  `landing/${'x'.repeat(256)}`,
  'landing/y'.repeat(200),
];

export function keyCases(current: () => LandingCase): void {
  it('keeps unicode, spaces and shell characters as they are', async () => {
    const { store, files } = current();
    for (const key of LEGAL) await store.putFile(key, (await files.write(key)).path);
    for (const key of LEGAL) expect(await readText(store, key)).toBe(key);
    expect((await keysOf(store.list('landing/'))).sort()).toEqual([...LEGAL].sort());
  });

  it('moves, lists by prefix and deletes such keys as they are', async () => {
    const { store, files } = current();
    for (const key of LEGAL) {
      const { path, ...identity } = await files.write(key);
      await store.putFile(key, path);
      const to = key.replace('landing', 'archive');
      await store.move(key, to, identity);
      expect(await readText(store, to)).toBe(key);
      expect(await keysOf(store.list(to))).toEqual([to]);
      await store.delete(to);
      expect(await store.head(to)).toBeUndefined();
    }
  });

  it('keeps deep and long keys', async () => {
    const { store, files } = current();
    const key = `landing/${'deep/'.repeat(60)}${'ü'.repeat(120)}`;
    await store.putFile(key, (await files.write('rows')).path);
    expect(await keysOf(store.list('landing/deep/'))).toEqual([key]);
    expect(await readText(store, key)).toBe('rows');
  });

  it('takes patterns in a prefix for what they are', async () => {
    const { store, files } = current();
    const { path } = await files.write('rows');
    for (const key of ['landing/a*b', 'landing/aXb', 'landing/a[c]b', 'landing/a?b', 'landing/a%2Fb'])
      await store.putFile(key, path);
    for (const prefix of ['landing/a*', 'landing/a[', 'landing/a?', 'landing/a%2F'])
      expect(await keysOf(store.list(prefix)), prefix).toEqual([
        `${prefix}${prefix.endsWith('[') ? 'c]b' : 'b'}`,
      ]);
  });

  it('refuses hostile keys in every method, without repeating them', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    for (const key of HOSTILE) {
      const calls = [
        () => store.putFile(key, path),
        () => store.head(key),
        () => store.openRead(key),
        () => store.fetchToLocal(key, files.folder, identity),
        () => store.move(key, 'archive/a', identity),
        () => store.move('landing/a', key, identity),
        () => store.delete(key),
      ];
      for (const call of calls) {
        const error = await call().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error, JSON.stringify(key)).toMatchObject({ code: 'LANDING_KEY_INVALID', retry: 'terminal' });
        if (key.length > 2) expect(String(error)).not.toContain(key);
      }
    }
  });

  it('refuses to list outside the store', async () => {
    const { store } = current();
    for (const prefix of ['../', '/etc/', 'landing/../../', 'a//b']) {
      await expect(keysOf(store.list(prefix))).rejects.toMatchObject({ code: 'LANDING_KEY_INVALID' });
    }
  });
}
