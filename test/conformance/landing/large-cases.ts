import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { LandingCase } from './landing-conformance.ts';
import { type LocalFile, sha256Of } from './local-files.ts';
import { keysOf } from './read-object.ts';

const KEY = 'landing/credit/installments/large.parquet';
const ARCHIVED = KEY.replace('landing', 'archive');
const MIB = 1 << 20;

/** Files that a store cuts into parts or blocks; sizes around the usual ones. */
const SIZES = [5 * MIB - 1, 5 * MIB, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 17 * MIB + 3];

export function largeCases(current: () => LandingCase): void {
  it('stores files of any size whole', async () => {
    const { store, files } = current();
    for (const size of SIZES) {
      const key = `${KEY}-${size}`;
      const { path, ...identity } = await files.writeSized(size);
      expect(await store.putFile(key, path)).toMatchObject({ ...identity, alreadyThere: false });
      expect(await store.head(key)).toMatchObject({ bytes: size });
      expect(await hashOf(store, key)).toBe(identity.checksum.hex);
    }
  });

  it('finds the same large file there already, and other bytes of its size to differ', async () => {
    const { store, files } = current();
    const file = await files.writeSized(17 * MIB);
    await store.putFile(KEY, file.path);
    expect(await store.putFile(KEY, file.path)).toMatchObject({ alreadyThere: true });
    const other = await files.writeSized(17 * MIB);
    await expect(store.putFile(KEY, other.path)).rejects.toMatchObject({ code: 'LANDING_OBJECT_DIFFERS' });
    expect(await hashOf(store, KEY)).toBe(file.checksum.hex);
    expect(await store.cleanAside(0)).toBe(0);
  });

  it('lets one of ten racing writers of large files win', async () => {
    const { store, files } = current();
    const racers = await Promise.all(Array.from({ length: 10 }, () => files.writeSized(9 * MIB)));
    const results = await Promise.allSettled(racers.map(({ path }) => store.putFile(KEY, path)));
    const won = results.findIndex(({ status }) => status === 'fulfilled');
    const lost = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason.code);
    expect(lost).toEqual(Array.from({ length: 9 }, () => 'LANDING_OBJECT_DIFFERS'));
    expect(await hashOf(store, KEY)).toBe(racers[won]?.checksum.hex);
    expect(await store.cleanAside(0)).toBe(0);
  });

  it('stores nothing of a large file whose checksum is wrong, and leaves nothing aside', async () => {
    const { store, files } = current();
    const { path } = await files.writeLarge(20);
    await expect(store.putFile(KEY, path, { checksum: sha256Of('other') })).rejects.toMatchObject({
      code: 'LANDING_CHECKSUM_MISMATCH',
      retry: 'retryable',
    });
    expect(await keysOf(store.list(''))).toEqual([]);
    expect(await store.cleanAside(0)).toBe(0);
  });

  it('leaves nothing aside whenever it is stopped', async () => {
    const { store, files } = current();
    const { path } = await files.writeLarge(40);
    let stopped = 0;
    for (const afterMs of [0, 50, 100, 150, 200, 300, 400, 500]) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(new Error('drained')), afterMs);
      const [put] = await Promise.allSettled([store.putFile(KEY, path, { signal: controller.signal })]);
      clearTimeout(timer);
      expect(await store.cleanAside(0)).toBe(0);
      if (put.status === 'fulfilled') break;
      stopped += 1;
      expect(put.reason).toMatchObject({ message: 'drained' });
      expect(await store.head(KEY)).toBeUndefined();
    }
    expect(stopped).toBeGreaterThan(0);
  });

  it('stops fetching at the signal and leaves no file', async () => {
    const { store, files } = current();
    const large = await files.writeLarge(20);
    await store.putFile(KEY, large.path);
    const workDir = `${files.folder}/work`;
    const signal = AbortSignal.abort(new Error('drained'));
    await expect(store.fetchToLocal(KEY, workDir, large, { signal })).rejects.toThrow('drained');
    expect(await readdir(workDir).catch(() => [])).toEqual([]);
  });

  it('puts and verifies 50 MiB in bounded memory', async () => {
    const { store, files } = current();
    const large = await files.writeLarge(50);
    const grown = await growthOf(async () => {
      await store.putFile(KEY, large.path, { checksum: large.checksum });
      const copy = await store.fetchToLocal(KEY, files.folder, large);
      for await (const _ of await store.openRead(KEY));
      await copy.release();
    });
    expect(grown).toBeLessThan(40 * MIB);
  });

  it('puts, moves, fetches and reads 200 MiB in flat memory', { timeout: 180_000 }, async () => {
    const { store, files } = current();
    const large = await files.writeLarge(200);
    // Node lets some 64 MiB of dropped buffers lie before it collects them; every pass over the file would add 200.
    expect(await growthOf(() => carry(store, large, files.folder))).toBeLessThan(100 * MIB);
  });
}

/** The whole life of a file, as the services handle it. */
async function carry(store: LandingStore, large: LocalFile, workDir: string): Promise<void> {
  await store.putFile(KEY, large.path, { checksum: large.checksum });
  await store.move(KEY, ARCHIVED, large);
  const copy = await store.fetchToLocal(ARCHIVED, workDir, large);
  await copy.release();
  expect(await hashOf(store, ARCHIVED)).toBe(large.checksum.hex);
  await store.delete(ARCHIVED);
}

async function growthOf(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  await work();
  clearInterval(timer);
  return peak - before;
}

async function hashOf(store: LandingStore, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await store.openRead(key)) hash.update(chunk);
  return hash.digest('hex');
}
