import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { LandingStore } from '../landing-store.ts';
import { errnoOf } from './classify-file-error.ts';

/**
 * Tries a write, a read and a delete as the services do them, and tells what fails in words.
 *
 * @param root the store's folder, created when missing.
 */
export async function checkFolder(store: LandingStore, root: string): Promise<string[]> {
  const name = `check-${process.pid}-${randomUUID()}`;
  const local = join(root, `.${name}`);
  try {
    await mkdir(root, { recursive: true });
    await writeFile(local, name);
    const { bytes, checksum } = await store.putFile(name, local);
    const fetched = await store.fetchToLocal(name, join(root, '.check'), { bytes, checksum });
    await fetched.release();
    return [];
  } catch (error) {
    return [`landing store in ${root}: ${reasonOf(error)}`];
  } finally {
    await Promise.allSettled([
      rm(local, { force: true }),
      rm(join(root, '.check'), { recursive: true, force: true }),
      store.delete(name),
    ]);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof PenstockError) return `${error.code}: ${error.message}`;
  return errnoOf(error) ?? 'unknown failure';
}
