import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './classify-file-error.ts';

/** Keys have no segment that begins with a dot, so this can be no object's folder. */
const ASIDE_FOLDER = '.aside';

/**
 * Folder for half-written files, in the file system the object will stand in: one per top folder, since
 * `archive` and `quarantine` may be mounts of their own and a link cannot cross them.
 */
export function asideFolderOf(root: string, key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? join(root, ASIDE_FOLDER) : join(root, key.slice(0, slash), ASIDE_FOLDER);
}

/** A name no other writer uses, of this or another process. */
export const newAsideName = (): string => `${process.pid}-${randomUUID()}`;

/**
 * Removes aside files that nobody has written to for `olderThanMs`: their writers died.
 *
 * @returns how many were removed.
 */
export async function cleanAsideFiles(root: string, olderThanMs: number): Promise<number> {
  const before = Date.now() - olderThanMs;
  let removed = 0;
  for (const top of ['', ...(await namesIn(root))]) {
    const folder = join(root, top, ASIDE_FOLDER);
    for (const name of await namesIn(folder)) {
      if (await removeIfOlder(join(folder, name), before)) removed += 1;
    }
  }
  return removed;
}

async function removeIfOlder(path: string, beforeMs: number): Promise<boolean> {
  try {
    // A linked aside file shares its times with the object; removing this name leaves the other.
    if ((await stat(path)).mtimeMs > beforeMs) return false;
    await rm(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return [];
    throw error;
  }
}
