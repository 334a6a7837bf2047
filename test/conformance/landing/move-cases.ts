import { expect, it } from 'vitest';
import type { LandingCase } from './landing-conformance.ts';
import { keysOf, readText } from './read-object.ts';

const FROM = 'landing/credit/installments/a.parquet';
const TO = 'archive/credit/installments/a.parquet';

export function moveCases(current: () => LandingCase): void {
  it('moves an object, and finds it moved the second time', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    await store.move(FROM, TO, identity);
    await store.move(FROM, TO, identity);
    expect(await keysOf(store.list(''))).toEqual([TO]);
    expect(await readText(store, TO)).toBe('rows');
  });

  it('finishes a move that was cut between the two names', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    await store.putFile(TO, path);
    await store.move(FROM, TO, identity);
    expect(await keysOf(store.list(''))).toEqual([TO]);
  });

  it('moves onto other bytes never; both objects stay', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    await store.putFile(TO, (await files.write('ROWS')).path);
    for (const expected of [identity, 'as-is'] as const) {
      await expect(store.move(FROM, TO, expected)).rejects.toMatchObject({ code: 'LANDING_OBJECT_DIFFERS' });
    }
    expect(await readText(store, FROM)).toBe('rows');
    expect(await readText(store, TO)).toBe('ROWS');
  });

  it('does not take other bytes at the new key for a finished move', async () => {
    const { store, files } = current();
    const { path: _, ...identity } = await files.write('rows');
    await store.putFile(TO, (await files.write('ROWS')).path);
    await expect(store.move(FROM, TO, identity)).rejects.toMatchObject({ code: 'LANDING_OBJECT_DIFFERS' });
  });

  it('says so when neither key holds the object', async () => {
    const { store, files } = current();
    const { path: _, ...identity } = await files.write('rows');
    for (const expected of [identity, 'as-is'] as const) {
      await expect(store.move(FROM, TO, expected)).rejects.toMatchObject({ code: 'LANDING_OBJECT_MISSING' });
    }
  });

  it('does not move an object of another size than recorded, unless as it is', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    const wrong = { ...identity, bytes: 5 };
    await expect(store.move(FROM, TO, wrong)).rejects.toMatchObject({ code: 'LANDING_OBJECT_CORRUPT' });
    expect(await keysOf(store.list(''))).toEqual([FROM]);
    await store.move(FROM, TO, 'as-is');
    expect(await keysOf(store.list(''))).toEqual([TO]);
  });

  it('moves large and empty objects, there and back', async () => {
    const { store, files } = current();
    for (const bytes of [0, 20 << 20]) {
      const { path, ...identity } = await files.writeSized(bytes);
      await store.putFile(FROM, path);
      await store.move(FROM, TO, identity);
      await store.move(TO, FROM, identity);
      expect(await keysOf(store.list(''))).toEqual([FROM]);
      await (await store.fetchToLocal(FROM, files.folder, identity)).release();
      await store.move(FROM, TO, 'as-is');
      await (await store.fetchToLocal(TO, files.folder, identity)).release();
      await store.delete(TO);
    }
  });

  it('finishes a move of a large object that was cut between the two names', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.writeSized(20 << 20);
    for (const expected of [identity, 'as-is'] as const) {
      await store.putFile(FROM, path);
      await store.putFile(TO, path);
      await store.move(FROM, TO, expected);
      expect(await keysOf(store.list(''))).toEqual([TO]);
      await store.delete(TO);
    }
  });

  it('moves a damaged object as it is, so that it can be looked at', async () => {
    const { store, files, damage } = current();
    const { path } = await files.write('rows');
    await store.putFile(FROM, path);
    await damage(FROM, 'ROWS!');
    await store.move(FROM, TO, 'as-is');
    expect(await readText(store, TO)).toBe('ROWS!');
    expect(await keysOf(store.list(''))).toEqual([TO]);
  });

  it('keeps the object when it is moved onto itself', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    await store.move(FROM, FROM, identity);
    expect(await readText(store, FROM)).toBe('rows');
  });

  it('lets racing movers all succeed, wherever they meet', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    for (let round = 0; round < 30; round += 1) {
      const [from, to] = [`${FROM}-${round}`, `${TO}-${round}`];
      await store.putFile(from, path);
      const movers = Array.from({ length: 8 }, async (_, n) => {
        for (let turn = 0; turn < n * (round + 1); turn += 1) await new Promise(setImmediate);
        await store.move(from, to, identity);
      });
      await Promise.all(movers);
    }
    expect(await keysOf(store.list('landing/'))).toEqual([]);
    expect(await keysOf(store.list('archive/'))).toHaveLength(30);
  });

  it('lets one of two racing destinations win, or both hold the object', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    const elsewhere = TO.replace('archive', 'quarantine');
    await Promise.allSettled([store.move(FROM, TO, identity), store.move(FROM, elsewhere, identity)]);
    const keys = await keysOf(store.list(''));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys).not.toContain(FROM);
    for (const key of keys) expect(await readText(store, key)).toBe('rows');
  });

  it('deletes once and again', async () => {
    const { store, files } = current();
    await store.putFile(FROM, (await files.write('rows')).path);
    await store.delete(FROM);
    await store.delete(FROM);
    await store.delete('landing/never/there');
    expect(await store.head(FROM)).toBeUndefined();
  });

  it('does not delete a folder of objects', async () => {
    const { store, files } = current();
    await store.putFile(FROM, (await files.write('rows')).path);
    await store.delete('landing/credit');
    expect(await readText(store, FROM)).toBe('rows');
  });
}
