import { expect, it } from 'vitest';
import { compareKeys } from '#shared/landing/object-key.ts';
import type { LandingCase } from './landing-conformance.ts';
import { keysOf } from './read-object.ts';

/** In the order of their bytes in UTF-8, which differs from UTF-16's and from that of a walk folder by folder. */
const KEYS = [
  'landing/a-b',
  'landing/a.b/2',
  'landing/a/1',
  'landing/a0',
  'landing/ab/3',
  'landing/ab/4',
  'landing/b',
  'landing/\uffee',
  'landing/\u{1f642}',
  'landingx/other',
];

export function listCases(current: () => LandingCase): void {
  const put = async (keys: readonly string[]): Promise<void> => {
    const { store, files } = current();
    const { path } = await files.write('rows');
    for (const key of keys) await store.putFile(key, path);
  };

  it('lists nothing in an empty store or under an unknown prefix', async () => {
    const { store } = current();
    expect(await keysOf(store.list(''))).toEqual([]);
    await put(['landing/a']);
    expect(await keysOf(store.list('archive/'))).toEqual([]);
    expect(await keysOf(store.list('landing/a/b/c'))).toEqual([]);
  });

  it('lists in bytewise order of whole keys, with sizes', async () => {
    const { store } = current();
    await put([...KEYS].reverse());
    expect(await keysOf(store.list(''))).toEqual(KEYS);
    for await (const object of store.list('landing/b')) expect(object).toMatchObject({ bytes: 4 });
  });

  it('takes any text as prefix, not only folders', async () => {
    const { store } = current();
    await put(KEYS);
    for (const prefix of ['landing', 'landing/', 'landing/a', 'landing/a/', 'landing/ab/4', 'l', 'x']) {
      const expected = KEYS.filter((key) => key.startsWith(prefix));
      expect(await keysOf(store.list(prefix)), prefix).toEqual(expected);
    }
  });

  it('goes on after any key, there or not', async () => {
    const { store } = current();
    await put(KEYS);
    for (const after of [...KEYS, 'landing/a', 'landing/a/', 'landing/aa', 'a', 'zz']) {
      const expected = KEYS.filter((key) => compareKeys(key, after) > 0);
      expect(await keysOf(store.list('', { after })), after).toEqual(expected);
    }
  });

  it('pages through 300 objects, each once', async () => {
    const { store } = current();
    await put(Array.from({ length: 300 }, (_, n) => `landing/s${n % 7}/f${n}`));
    const seen: string[] = [];
    for (;;) {
      const page = await keysOf(store.list('landing/', { after: seen.at(-1) ?? '', limit: 64 }));
      seen.push(...page);
      if (page.length < 64) break;
    }
    expect(seen).toHaveLength(300);
    expect(new Set(seen).size).toBe(300);
    expect(seen).toEqual([...seen].sort(compareKeys));
  });

  it('lists 2,500 objects, each once and in order', async () => {
    const { store, files } = current();
    const { path } = await files.write('rows');
    const keys = Array.from({ length: 2_500 }, (_, n) => `landing/s${n % 7}/f${n}`);
    for (let start = 0; start < keys.length; start += 25)
      await Promise.all(keys.slice(start, start + 25).map((key) => store.putFile(key, path)));
    const listed = await keysOf(store.list('landing/'));
    expect(listed).toEqual([...keys].sort(compareKeys));
    const after = listed[1_233] ?? '';
    expect(await keysOf(store.list('landing/', { after, limit: 1_100 }))).toEqual(listed.slice(1_234, 2_334));
    expect(await keysOf(store.list('landing/s3/'))).toHaveLength(357);
  });

  it('gives as many as were asked for, none when none were', async () => {
    const { store } = current();
    await put(KEYS);
    for (const limit of [0, 1, 2, KEYS.length, KEYS.length + 1])
      expect(await keysOf(store.list('', { limit }))).toEqual(KEYS.slice(0, limit));
  });

  it('goes on when objects vanish under it', async () => {
    const { store } = current();
    await put(['landing/a/1', 'landing/b/1', 'landing/c/1']);
    const seen: string[] = [];
    for await (const { key } of store.list('')) {
      seen.push(key);
      await store.delete('landing/b/1');
    }
    // One that vanished may still be told; one that stayed is never left out.
    expect(seen.filter((key) => key !== 'landing/b/1')).toEqual(['landing/a/1', 'landing/c/1']);
  });
}
