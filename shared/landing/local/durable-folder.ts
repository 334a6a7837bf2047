import { mkdir, open } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { errnoOf } from './classify-file-error.ts';

/** Makes the entries of a folder (names linked or unlinked in it) survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Past this many the set of known folders starts again; a day of every stream is far below. */
const MAX_KNOWN = 10_000;

/**
 * Creates folders below a root durably. A file in a folder whose own name is lost is lost with it, so every
 * folder from the root down is synced once, also those that another process created and may not have synced.
 */
export class DurableFolders {
  readonly #root: string;
  readonly #known = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** @param folder the root or a path below it. */
  async ensure(folder: string): Promise<void> {
    const chain = this.#chain(folder);
    let isNew = !this.#known.has(folder);
    if (this.#known.size === 0) await mkdir(this.#root, { recursive: true });
    // One by one: the recursive form hides EROFS and ENOTDIR behind other names.
    for (const path of [...chain, folder]) isNew = (await makeFolder(path)) || isNew;
    if (!isNew) return;
    for (const path of [dirname(this.#root), ...chain]) await syncFolder(path);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(folder);
  }

  /** The root and every folder between it and `folder`, outermost first, without `folder` itself. */
  #chain(folder: string): string[] {
    const segments = relative(this.#root, folder).split(sep);
    return segments.map((_, depth) => join(this.#root, ...segments.slice(0, depth)));
  }
}

/** True when it was not there. A file in its place shows in the next step, as ENOTDIR. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}
