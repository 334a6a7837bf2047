import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { lstat, rm, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { hashFile, sameChecksum } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type {
  LandingCapabilities,
  LandingStore,
  ListOptions,
  LocalCopy,
  ObjectIdentity,
  PutOptions,
  PutResult,
  ReadOptions,
  StoredObject,
} from '../landing-store.ts';
import { assertObjectKey } from '../object-key.ts';
import { cleanAsideFiles } from './aside-files.ts';
import { checkFolder } from './check-folder.ts';
import { classified, classifyFileError, errnoOf } from './classify-file-error.ts';
import { DurableFolders, syncFolder } from './durable-folder.ts';
import { holdObject } from './hold-object.ts';
import { listObjects } from './list-objects.ts';
import { moveObject, statFile } from './move-object.ts';
import { placeObject } from './place-object.ts';

/** Opens a folder as landing store; it is created with the first object, or by `check()`. */
export function openLocalLandingStore(options: { readonly folder: string }): LandingStore {
  return new LocalLandingStore(resolve(options.folder));
}

const READ_CHUNK_BYTES = 1 << 20;

class LocalLandingStore implements LandingStore {
  readonly kind = 'local';
  readonly capabilities: LandingCapabilities = {
    localObjects: true,
    keepsChecksums: false,
    atomicMove: false,
  };
  readonly #root: string;
  readonly #folders: DurableFolders;

  constructor(root: string) {
    this.#root = root;
    this.#folders = new DurableFolders(root);
  }

  async putFile(key: string, localPath: string, options: PutOptions = {}): Promise<PutResult> {
    assertObjectKey(key);
    return classified(
      { key },
      async () => {
        await assertRegularFile(key, localPath);
        const placed = await placeObject(this.#root, this.#folders, key, localPath, options);
        if (options.handOver === true) await unlinkIfThere(localPath);
        return { key, ...placed };
      },
      landingErrors.failed,
    );
  }

  async head(key: string): Promise<StoredObject | undefined> {
    assertObjectKey(key);
    const found = await classified({ key }, () => statFile(this.#pathOf(key)));
    return found === undefined ? undefined : { key, bytes: found.size };
  }

  async openRead(key: string, options: ReadOptions = {}): Promise<Readable> {
    assertObjectKey(key);
    await this.#sizeOf(key);
    const stream = createReadStream(this.#pathOf(key), { ...options, highWaterMark: READ_CHUNK_BYTES });
    await classified({ key }, () => once(stream, 'open'));
    return stream;
  }

  async fetchToLocal(
    key: string,
    workDir: string,
    expected: ObjectIdentity,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<LocalCopy> {
    assertObjectKey(key);
    await this.#sizeOf(key);
    const path = await holdObject(key, this.#pathOf(key), workDir);
    const release = (): Promise<void> => rm(path, { force: true });
    try {
      const found = await classified({ key }, () => hashFile(path, undefined, options.signal));
      if (found.bytes === expected.bytes && sameChecksum(found.checksum, expected.checksum))
        return { path, release };
      throw new PenstockError(landingErrors.objectCorrupt, {
        key,
        bytes: found.bytes,
        expected: expected.bytes,
      });
    } catch (error) {
      await release();
      throw error;
    }
  }

  async move(from: string, to: string, expected: ObjectIdentity | 'as-is'): Promise<void> {
    assertObjectKey(from);
    assertObjectKey(to);
    await classified({ from, to }, () =>
      moveObject({ root: this.#root, folders: this.#folders, from, to, expected }),
    );
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    await classified({ key }, async () => {
      const path = this.#pathOf(key);
      if ((await statFile(path)) === undefined) return;
      await unlinkIfThere(path);
      await syncFolder(dirname(path));
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<StoredObject> {
    try {
      yield* listObjects(this.#root, prefix, options);
    } catch (error) {
      throw classifyFileError(error, { place: prefix.split('/')[0] ?? '' });
    }
  }

  cleanAside(olderThanMs: number): Promise<number> {
    return classified({}, () => cleanAsideFiles(this.#root, olderThanMs));
  }

  check(): Promise<string[]> {
    return checkFolder(this, this.#root);
  }

  async close(): Promise<void> {}

  #pathOf(key: string): string {
    return join(this.#root, key);
  }

  async #sizeOf(key: string): Promise<number> {
    const found = await this.head(key);
    if (found === undefined) throw new PenstockError(landingErrors.objectMissing, { key });
    return found.bytes;
  }
}

async function assertRegularFile(key: string, localPath: string): Promise<void> {
  try {
    if ((await lstat(localPath)).isFile()) return;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  throw new PenstockError(landingErrors.localFileMissing, { key });
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
