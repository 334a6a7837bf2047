import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import type { LandingCase } from './landing-conformance.ts';
import { sha256Of } from './local-files.ts';
import { keysOf, readText } from './read-object.ts';

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

  it('reads nothing beyond the end', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('0123456789')).path);
    expect(await readText(store, KEY, { start: 8, end: 100 })).toBe('89');
    expect(await readText(store, KEY, { start: 10 })).toBe('');
    await store.putFile(`${KEY}-empty`, (await files.write('')).path);
    expect(await readText(store, `${KEY}-empty`, { start: 0 })).toBe('');
  });

  it('is not held up by streams that were given up', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.writeLarge(12)).path);
    for (let n = 0; n < 60; n += 1) {
      const stream = await store.openRead(KEY);
      stream.destroy();
    }
    expect(await store.head(KEY)).toMatchObject({ bytes: 12 << 20 });
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

  it('finds bytes that changed behind its back, and leaves none of them on the disk', async () => {
    const { store, files, damage } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    const workDir = `${files.folder}/work`;
    for (const bytes of ['ROWS', 'row', 'rows and more']) {
      await damage(KEY, bytes);
      await expect(store.fetchToLocal(KEY, workDir, identity)).rejects.toMatchObject({
        code: 'LANDING_OBJECT_CORRUPT',
        actor: 'operator',
      });
    }
    expect(await readdir(workDir)).toEqual([]);
  });

  it('lends a copy to each of several readers, and takes each back twice', async () => {
    const { store, files } = current();
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    const workDir = `${files.folder}/work`;
    const copies = await Promise.all(
      Array.from({ length: 4 }, () => store.fetchToLocal(KEY, workDir, identity)),
    );
    await copies[0]?.release();
    for (const copy of copies.slice(1)) expect(await readFile(copy.path, 'utf8')).toBe('rows');
    for (const copy of copies) await copy.release();
    expect(await readdir(workDir)).toEqual([]);
    expect(await readText(store, KEY)).toBe('rows');
  });

  it('finds nothing wrong with itself, and leaves nothing behind by looking', async () => {
    const { store } = current();
    expect(await store.check()).toEqual([]);
    expect(await keysOf(store.list(''))).toEqual([]);
    expect(await store.cleanAside(0)).toBe(0);
  });

  it('shows to one opener what another stored', async () => {
    const { store, url, files } = current();
    const other = openLandingStore({ url });
    await store.putFile(KEY, (await files.write('rows')).path);
    expect(await readText(other, KEY)).toBe('rows');
    await other.delete(KEY);
    await other.close();
    await other.close();
    expect(await store.head(KEY)).toBeUndefined();
  });
}
