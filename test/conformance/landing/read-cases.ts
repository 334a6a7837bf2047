import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { LandingCase } from './landing-conformance.ts';
import { sha256Of } from './local-files.ts';
import { readText } from './read-object.ts';

const KEY = 'landing/credit/installments/a.parquet';

export function readCases(current: () => LandingCase): void {
  it('has nothing under a key never written, nor under the folder of one', async () => {
    const { store, files } = current();
    expect(await store.head(KEY)).toBeUndefined();
    await store.putFile(KEY, (await files.write('rows')).path);
    expect(await store.head('landing/credit')).toBeUndefined();
  });

  it('fails to open a missing object before the first byte', async () => {
    const { store, files } = current();
    const { path: _, ...identity } = await files.write('rows');
    await expect(store.openRead(KEY)).rejects.toMatchObject({ code: 'LANDING_OBJECT_MISSING' });
    await expect(store.fetchToLocal(KEY, files.folder, identity)).rejects.toMatchObject({
      code: 'LANDING_OBJECT_MISSING',
    });
  });

  it('reads byte ranges, both ends included', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('0123456789')).path);
    expect(await readText(store, KEY, { start: 2, end: 4 })).toBe('234');
    expect(await readText(store, KEY, { start: 6 })).toBe('6789');
  });

  it('stops reading at the signal', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.writeLarge(8)).path);
    const controller = new AbortController();
    const stream = await store.openRead(KEY, { signal: controller.signal });
    const reading = (async () => {
      for await (const _ of stream) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('brings verified bytes to a local path', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    const copy = await store.fetchToLocal(KEY, files.folder, identity);
    expect(await readFile(copy.path, 'utf8')).toBe('rows');
    await copy.release();
    expect(await readText(store, KEY)).toBe('rows');
  });

  it('keeps fetched bytes readable while the object is moved away', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    const copy = await store.fetchToLocal(KEY, files.folder, identity);
    await store.move(KEY, `archive/${KEY.slice(KEY.indexOf('/') + 1)}`, identity);
    expect(await readFile(copy.path, 'utf8')).toBe('rows');
    await copy.release();
  });

  it('refuses bytes that are not what the ledger recorded', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    for (const wrong of [
      { ...identity, bytes: 5 },
      { ...identity, checksum: sha256Of('ROWS') },
    ]) {
      await expect(store.fetchToLocal(KEY, files.folder, wrong)).rejects.toMatchObject({
        code: 'LANDING_OBJECT_CORRUPT',
        retry: 'terminal',
      });
    }
  });

  it('finds nothing wrong with itself', async () => {
    const { store } = current();
    expect(await store.check()).toEqual([]);
  });
}
