import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListOptions, StoredObject } from '../landing-store.ts';
import { assertObjectKey, compareKeys } from '../object-key.ts';
import { errnoOf } from './classify-file-error.ts';

/** A name in a folder; folders sort as `name/`, which makes the walk bytewise in whole keys. */
interface Entry {
  readonly key: string;
  readonly isFolder: boolean;
}

/**
 * Walks objects below `root` in bytewise order of keys. Memory holds the names of one folder per level.
 * What vanishes during the walk is left out.
 *
 * @throws LANDING_KEY_INVALID when the prefix leads outside the root; file system errors unclassified.
 */
export async function* listObjects(
  root: string,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<StoredObject> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (folder !== '') assertObjectKey(folder.slice(0, -1));
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for await (const key of walk(root, folder, prefix, options.after ?? '')) {
    if (left <= 0) return;
    const bytes = await sizeOf(join(root, key));
    if (bytes === undefined) continue;
    left -= 1;
    yield { key, bytes };
  }
}

async function* walk(root: string, folder: string, prefix: string, after: string): AsyncGenerator<string> {
  for (const entry of await entriesOf(root, folder)) {
    if (!entry.key.startsWith(prefix) && !prefix.startsWith(entry.key)) continue;
    if (isBefore(entry, after)) continue;
    if (entry.isFolder) yield* walk(root, entry.key, prefix, after);
    else yield entry.key;
  }
}

/** True when neither the entry nor anything below it lies after `after`. */
function isBefore(entry: Entry, after: string): boolean {
  if (entry.isFolder && after.startsWith(entry.key)) return false;
  return compareKeys(entry.key, after) <= 0;
}

async function entriesOf(root: string, folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const found of await readFolder(join(root, folder))) {
    if (found.name.startsWith('.')) continue;
    const isFolder =
      found.isDirectory() || (found.isSymbolicLink() && (await isLinkedFolder(root, folder, found)));
    if (isFolder) entries.push({ key: `${folder}${found.name}/`, isFolder });
    else if (found.isFile()) entries.push({ key: `${folder}${found.name}`, isFolder });
  }
  return entries.sort((a, b) => compareKeys(a.key, b.key));
}

/** `archive` may be a link to another disk. */
async function isLinkedFolder(root: string, folder: string, found: Dirent): Promise<boolean> {
  return (await unlessGone(stat(join(root, folder, found.name))))?.isDirectory() ?? false;
}

const readFolder = async (path: string): Promise<Dirent[]> =>
  (await unlessGone(readdir(path, { withFileTypes: true }))) ?? [];

const sizeOf = async (path: string): Promise<number | undefined> => (await unlessGone(stat(path)))?.size;

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw error;
  }
}
