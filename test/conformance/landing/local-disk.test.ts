import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { LocalFiles } from './local-files.ts';
import { keysOf, readText } from './read-object.ts';

const FROM = 'landing/s/a.parquet';
const TO = 'archive/s/a.parquet';

/** What only a local disk does: second names, other file systems, full and read-only ones. */
describe('local landing store on a disk', () => {
  let folder = '';
  let store: LandingStore;
  let files: LocalFiles;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-landing-'));
    store = openLandingStore({ url: pathToFileURL(folder).href });
    files = await LocalFiles.create();
  });
  afterEach(async () => {
    await Promise.all([rm(folder, { recursive: true, force: true }), files.dispose()]);
  });

  it('finishes a move cut after the second name was linked', async () => {
    const { path, ...identity } = await files.write('rows');
    await store.putFile(FROM, path);
    await mkdir(join(folder, 'archive/s'), { recursive: true });
    await link(join(folder, FROM), join(folder, TO));
    await store.move(FROM, TO, identity);
    expect(await keysOf(store.list(''))).toEqual([TO]);
    expect((await stat(join(folder, TO))).nlink).toBe(1);
  });

  it('takes a file handed over without copying it', async () => {
    const { path } = await files.write('rows');
    const { ino, dev } = await stat(path);
    await store.putFile(FROM, path, { handOver: true });
    const stored = await stat(join(folder, FROM));
    if (stored.dev === dev) expect(stored.ino).toBe(ino);
    expect(stored.nlink).toBe(1);
  });

  it('leaves an object whole when the file it was copied from changes', async () => {
    const { path } = await files.write('rows');
    await store.putFile(FROM, path);
    await writeFile(path, 'CHANGED');
    expect(await readText(store, FROM)).toBe('rows');
  });

  it('answers a key below another key', async () => {
    const { path } = await files.write('rows');
    await store.putFile('landing/a', path);
    await expect(store.putFile('landing/a/b', path)).rejects.toMatchObject({ code: 'LANDING_KEY_CLASHES' });
    await store.putFile('landing/c/d', path);
    await expect(store.putFile('landing/c', path)).rejects.toMatchObject({ code: 'LANDING_KEY_CLASHES' });
  });

  it('says in words when its folder is unusable', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file');
    expect(await store.check()).toEqual([expect.stringContaining('landing store in')]);
    await unlink(folder);
    expect(await store.check()).toEqual([]);
  });

  it('moves across file systems, also when it was cut before the old name went', async (context) => {
    const other = await mkdtemp('/dev/shm/penstock-archive-').catch(() => undefined);
    if (other === undefined || (await stat(other)).dev === (await stat(folder)).dev) return context.skip();
    try {
      await symlink(other, join(folder, 'archive'));
      const { path, ...identity } = await files.write('rows');
      await store.putFile(FROM, path);
      await store.putFile(TO, path);
      await store.move(FROM, TO, identity);
      await store.delete(TO);
      await store.putFile(FROM, path);
      await store.move(FROM, TO, identity);
      expect(await keysOf(store.list(''))).toEqual([TO]);
      expect(await readText(store, TO)).toBe('rows');
      expect(await store.cleanAside(0)).toBe(0);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it('says a full or read-only file system for what it is, and recovers', async (context) => {
    if (!mount('tmpfs', folder, 'size=1m')) return context.skip();
    try {
      const large = await files.writeLarge(2);
      await expect(store.putFile(FROM, large.path)).rejects.toMatchObject({
        code: 'LANDING_FULL',
        retry: 'retryable',
        actor: 'operator',
      });
      expect(await keysOf(store.list(''))).toEqual([]);
      const small = await files.write('rows');
      await store.putFile(FROM, small.path);
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      await expect(store.putFile(TO, small.path)).rejects.toMatchObject({ code: 'LANDING_READ_ONLY' });
      await expect(store.move(FROM, TO, small)).rejects.toMatchObject({ code: 'LANDING_READ_ONLY' });
      expect(await store.check()).toEqual([expect.stringContaining('EROFS')]);
      expect(await readText(store, FROM)).toBe('rows');
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});

describe('openLandingStore', () => {
  it('refuses what no adapter takes', () => {
    for (const url of ['', 'landing', '/var/landing', 'file:///', 'file://host/a', 's3://bucket/a']) {
      expect(() => openLandingStore({ url }), url).toThrow(
        expect.objectContaining({ code: 'LANDING_URL_INVALID' }),
      );
    }
  });
});

/** False where this user or container may not mount. */
function mount(type: string, folder: string, options: string): boolean {
  try {
    execFileSync('mount', ['-t', type, '-o', options, type, folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
