import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { LandingCase } from './landing-conformance.ts';
import { sha256Of } from './local-files.ts';
import { keysOf, readText } from './read-object.ts';

const KEY = 'landing/credit/installments/ingestion_dt=2026-01-31/a.parquet';

export function putCases(current: () => LandingCase): void {
  it('stores bytes, size and checksum', async () => {
    const { store, files } = current();
    const file = await files.write('rows');
    const put = await store.putFile(KEY, file.path);
    expect(put).toMatchObject({ key: KEY, bytes: 4, checksum: file.checksum, alreadyThere: false });
    expect(await readText(store, KEY)).toBe('rows');
    expect(await store.head(KEY)).toMatchObject({ key: KEY, bytes: 4 });
  });

  it('finds the same bytes already there', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('rows')).path);
    const again = await store.putFile(KEY, (await files.write('rows')).path);
    expect(again.alreadyThere).toBe(true);
  });

  it('never overwrites with other bytes, of the same size or not', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('rows')).path);
    for (const other of ['ROWS', 'more rows', '']) {
      const { path } = await files.write(other);
      await expect(store.putFile(KEY, path)).rejects.toMatchObject({
        code: 'LANDING_OBJECT_DIFFERS',
        retry: 'terminal',
      });
    }
    expect(await readText(store, KEY)).toBe('rows');
  });

  it('lets one of ten racing writers of different bytes win', async () => {
    const { store, files } = current();
    const racers = await Promise.all(Array.from({ length: 10 }, (_, n) => files.write(`writer ${n}`)));
    const results = await Promise.allSettled(racers.map(({ path }) => store.putFile(KEY, path)));
    const won = results.findIndex(({ status }) => status === 'fulfilled');
    const lost = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason.code);
    expect(lost).toEqual(Array.from({ length: 9 }, () => 'LANDING_OBJECT_DIFFERS'));
    expect(await readText(store, KEY)).toBe(`writer ${won}`);
  });

  it('lets ten racing writers of the same bytes all succeed, one having stored', async () => {
    const { store, files } = current();
    const racers = await Promise.all(Array.from({ length: 10 }, () => files.write('same')));
    const results = await Promise.all(racers.map(({ path }) => store.putFile(KEY, path)));
    expect(results.filter(({ alreadyThere }) => !alreadyThere)).toHaveLength(1);
  });

  it('lets one of four racing processes win', async () => {
    const { store, url, files } = current();
    const racers = await Promise.all(Array.from({ length: 4 }, (_, n) => files.write(`process ${n}`)));
    const said = await Promise.all(racers.map(({ path }) => outcomeOf(putInChild(url, KEY, path))));
    expect(said.filter((line) => line === 'stored')).toHaveLength(1);
    expect(said.filter((line) => line === 'LANDING_OBJECT_DIFFERS')).toHaveLength(3);
    expect(await readText(store, KEY)).toMatch(/^process \d$/);
  });

  it('stores nothing when the checksum is wrong', async () => {
    const { store, files } = current();
    const { path } = await files.write('rows');
    await expect(store.putFile(KEY, path, { checksum: sha256Of('other') })).rejects.toMatchObject({
      code: 'LANDING_CHECKSUM_MISMATCH',
    });
    expect(await store.head(KEY)).toBeUndefined();
    expect(await keysOf(store.list(''))).toEqual([]);
  });

  it('accepts the right checksum', async () => {
    const { store, files } = current();
    const { path, checksum } = await files.write('rows');
    expect(await store.putFile(KEY, path, { checksum })).toMatchObject({ checksum });
  });

  it('stores an empty object', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('')).path);
    expect(await store.head(KEY)).toMatchObject({ bytes: 0 });
    expect(await readText(store, KEY)).toBe('');
  });

  it('removes a file handed over once stored, also when it was there already', async () => {
    const { store, files } = current();
    for (const alreadyThere of [false, true]) {
      const { path } = await files.write('rows');
      expect(await store.putFile(KEY, path, { handOver: true })).toMatchObject({ alreadyThere });
      await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect(await readText(store, KEY)).toBe('rows');
  });

  it('leaves a file handed over where it was when it cannot be stored', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('rows')).path);
    const other = await files.write('other');
    await expect(store.putFile(KEY, other.path, { handOver: true })).rejects.toMatchObject({
      code: 'LANDING_OBJECT_DIFFERS',
    });
    await access(other.path);
  });

  it('says so when the local file is missing or a folder', async () => {
    const { store, files } = current();
    for (const path of [`${files.folder}/none`, files.folder]) {
      await expect(store.putFile(KEY, path)).rejects.toMatchObject({ code: 'LANDING_LOCAL_FILE_MISSING' });
    }
  });

  it('stops at the signal and stores nothing', async () => {
    const { store, files } = current();
    const { path } = await files.writeLarge(20);
    const controller = new AbortController();
    const put = store.putFile(KEY, path, { signal: controller.signal });
    controller.abort(new Error('drained'));
    await expect(put).rejects.toThrow('drained');
    expect(await store.head(KEY)).toBeUndefined();
  });

  it('shows no partial object of a writer killed at any point, and the next writer succeeds', async () => {
    const { store, url, files } = current();
    const large = await files.writeLarge(64);
    for (const afterMs of [0, 40, 120]) {
      const key = `${KEY}-${afterMs}`;
      await killWhileWriting(url, key, large.path, afterMs);
      const seen = await store.head(key);
      if (seen !== undefined) expect(seen.bytes).toBe(large.bytes);
      await store.putFile(key, large.path, { checksum: large.checksum });
      expect(await store.head(key)).toMatchObject({ bytes: large.bytes });
    }
    expect(await keysOf(store.list(''))).toHaveLength(3);
  });

  it('cleans what killed writers left, and nothing younger', async () => {
    const { store, url, files } = current();
    const large = await files.writeLarge(64);
    let cleaned = 0;
    for (let afterMs = 0; cleaned === 0 && afterMs < 1_000; afterMs += 25) {
      await killWhileWriting(url, `${KEY}-${afterMs}`, large.path, afterMs);
      expect(await store.cleanAside(3_600_000)).toBe(0);
      cleaned = await store.cleanAside(0);
    }
    expect(cleaned).toBe(1);
    expect(await store.cleanAside(0)).toBe(0);
  });

  it('stores again what was deleted, with other bytes too', async () => {
    const { store, files } = current();
    await store.putFile(KEY, (await files.write('rows')).path);
    await store.delete(KEY);
    expect(await store.putFile(KEY, (await files.write('other')).path)).toMatchObject({
      alreadyThere: false,
    });
    expect(await readText(store, KEY)).toBe('other');
  });

  it('does not take a damaged object for the bytes that are there already', async () => {
    const { store, files, damage } = current();
    const { path } = await files.write('rows');
    await store.putFile(KEY, path);
    await damage(KEY, 'ROWS');
    await expect(store.putFile(KEY, path)).rejects.toMatchObject({ code: 'LANDING_OBJECT_DIFFERS' });
  });

  it('begins nothing when the signal has been given before', async () => {
    const { store, files } = current();
    const { path } = await files.write('rows');
    const signal = AbortSignal.abort(new Error('drained'));
    await expect(store.putFile(KEY, path, { signal })).rejects.toThrow('drained');
    expect(await store.head(KEY)).toBeUndefined();
    expect(await store.cleanAside(0)).toBe(0);
  });
}

function putInChild(url: string, key: string, path: string): ChildProcess {
  const script = new URL('put-file-child.ts', import.meta.url).pathname;
  return spawn(process.execPath, [script, url, key, path], { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function outcomeOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
  });
  await once(child, 'close');
  return said.trim().split('\n').at(-1) ?? '';
}

/** Kills a writer this long after it has begun. Any instant is right; the sweep meets the writing. */
async function killWhileWriting(url: string, key: string, path: string, afterMs: number): Promise<void> {
  const child = putInChild(url, key, path);
  await once(child.stdout ?? child, 'data');
  await delay(afterMs);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  if (child.exitCode === null) await exited;
}
