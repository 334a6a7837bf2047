import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { landingErrors } from '../errors.ts';
import type { LandingStore } from '../landing-store.ts';

/**
 * Tries a write, a read, a move and a delete as the services do them, and whether the server keeps a taken key from being
 * written: one that ignores `If-None-Match` would lose files in silence.
 *
 * @param name of the bucket, for the sentence.
 * @returns problems in words.
 */
export async function checkBucket(store: LandingStore, name: string): Promise<string[]> {
  const key = `check-${process.pid}-${randomUUID()}`;
  const folder = await mkdtemp(join(tmpdir(), 'penstock-check-'));
  try {
    return (await tryOut(store, key, folder)).map((problem) => `landing store in ${name}: ${problem}`);
  } catch (error) {
    return [`landing store in ${name}: ${reasonOf(error)}`];
  } finally {
    await Promise.allSettled([
      rm(folder, { recursive: true, force: true }),
      store.delete(key),
      store.delete(`${key}-moved`),
    ]);
  }
}

async function tryOut(store: LandingStore, key: string, folder: string): Promise<string[]> {
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  await Promise.all([writeFile(one, key), writeFile(other, `${key} other`)]);
  const { bytes, checksum } = await store.putFile(key, one);
  const fetched = await store.fetchToLocal(key, folder, { bytes, checksum });
  await fetched.release();
  const problems: string[] = [];
  if (!(await isRefused(() => store.putFile(key, other))))
    problems.push('a taken key can be written again: the server ignores If-None-Match');
  await store.putFile(`${key}-moved`, other);
  if (!(await isRefused(() => store.move(key, `${key}-moved`, 'as-is'))))
    problems.push('a taken key can be moved upon: the server ignores If-None-Match of uploads in parts');
  for await (const _ of store.list(key)) return problems;
  return [...problems, 'objects that were written are not listed'];
}

async function isRefused(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (isError(error, landingErrors.objectDiffers)) return true;
    throw error;
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof PenstockError ? `${error.code}: ${error.message}` : 'unknown failure';
