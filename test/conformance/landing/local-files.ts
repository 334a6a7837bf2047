import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Checksum, sha256FromHex } from '#shared/landing/checksum.ts';
import type { ObjectIdentity } from '#shared/landing/landing-store.ts';

/** A file on the local disk with what a ledger would record of it. */
export interface LocalFile extends ObjectIdentity {
  readonly path: string;
}

/** A folder for the files a test puts, removed by `dispose`. */
export class LocalFiles {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<LocalFiles> {
    return new LocalFiles(await mkdtemp(join(tmpdir(), 'penstock-files-')));
  }

  /** A small file with the given content. */
  async write(content: string): Promise<LocalFile> {
    const path = join(this.folder, randomUUID());
    await writeFile(path, content);
    return { path, bytes: Buffer.byteLength(content), checksum: sha256Of(content) };
  }

  /** A large file, every mebibyte filled with another byte. */
  async writeLarge(mebibytes: number): Promise<LocalFile> {
    const path = join(this.folder, randomUUID());
    const hash = createHash('sha256');
    const handle = await open(path, 'wx');
    for (let index = 0; index < mebibytes; index += 1) {
      const chunk = Buffer.alloc(1 << 20, index % 251);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.close();
    return { path, bytes: mebibytes << 20, checksum: sha256FromHex(hash.digest('hex')) };
  }

  /** A file of so many bytes, all different from one file to the next. */
  async writeSized(bytes: number): Promise<LocalFile> {
    const path = join(this.folder, randomUUID());
    const content = Buffer.alloc(bytes, path);
    await writeFile(path, content);
    const hex = createHash('sha256').update(content).digest('hex');
    return { path, bytes, checksum: sha256FromHex(hex) };
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const sha256Of = (content: string): Checksum =>
  sha256FromHex(createHash('sha256').update(content).digest('hex'));
