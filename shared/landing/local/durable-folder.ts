import { mkdir, open } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

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
    const created = await mkdir(folder, { recursive: true });
    if (created === undefined && this.#known.has(folder)) return;
    await syncFolder(dirname(this.#root));
    for (const path of this.#chain(folder)) await syncFolder(path);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(folder);
  }

  /** The root and every folder between it and `folder`, outermost first, without `folder` itself. */
  #chain(folder: string): string[] {
    const segments = relative(this.#root, folder).split(sep);
    return segments.map((_, depth) => join(this.#root, ...segments.slice(0, depth)));
  }
}
