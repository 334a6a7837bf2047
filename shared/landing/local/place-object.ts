import { link, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { hashFile, sameChecksum } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type { ObjectIdentity, PutOptions } from '../landing-store.ts';
import { asideFolderOf, newAsideName } from './aside-files.ts';
import { errnoOf } from './classify-file-error.ts';
import { type DurableFolders, syncFolder } from './durable-folder.ts';

/**
 * Writes an object create-only: the bytes go to a file aside, are synced and hashed, and get their name by
 * link(2), which fails where the name exists. So a name shows whole bytes or nothing, whoever dies when.
 *
 * @returns what was stored, and whether the key held these bytes before.
 * @throws LANDING_CHECKSUM_MISMATCH, LANDING_OBJECT_DIFFERS, file system errors unclassified.
 */
export async function placeObject(
  root: string,
  folders: DurableFolders,
  key: string,
  localPath: string,
  options: PutOptions,
): Promise<ObjectIdentity & { alreadyThere: boolean }> {
  const asideFolder = asideFolderOf(root, key);
  await folders.ensure(asideFolder);
  const aside = join(asideFolder, newAsideName());
  try {
    const identity = await writeAside(localPath, aside, options);
    if (options.checksum !== undefined && !sameChecksum(options.checksum, identity.checksum)) {
      throw new PenstockError(landingErrors.checksumMismatch, { key, bytes: identity.bytes });
    }
    options.signal?.throwIfAborted();
    const target = join(root, key);
    await folders.ensure(dirname(target));
    const alreadyThere = !(await linkCreateOnly(aside, target));
    if (alreadyThere) await assertSameBytes(key, target, identity);
    await syncFolder(dirname(target));
    return { ...identity, alreadyThere };
  } finally {
    await rm(aside, { force: true });
  }
}

async function writeAside(localPath: string, aside: string, options: PutOptions): Promise<ObjectIdentity> {
  const taken = options.handOver === true && (await linkWhereItCan(localPath, aside));
  const handle = await open(aside, taken ? 'r' : 'wx');
  try {
    const write = taken ? undefined : (chunk: Uint8Array) => handle.writeFile(chunk);
    const identity = await hashFile(localPath, write, options.signal);
    await handle.sync();
    return identity;
  } finally {
    await handle.close();
  }
}

/** False when the target exists. */
export async function linkCreateOnly(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** False across file systems, and where the system forbids linking files of others: then bytes are copied. */
async function linkWhereItCan(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EXDEV' || errnoOf(error) === 'EPERM') return false;
    throw error;
  }
}

/** @throws LANDING_OBJECT_DIFFERS when the object at `path` is not `identity`. Reads it if the size agrees. */
export async function assertSameBytes(key: string, path: string, identity: ObjectIdentity): Promise<void> {
  const found = await stat(path);
  if (!found.isFile()) throw new PenstockError(landingErrors.keyClashes, { key });
  const { size } = found;
  const same = size === identity.bytes && sameChecksum((await hashFile(path)).checksum, identity.checksum);
  if (!same)
    throw new PenstockError(landingErrors.objectDiffers, { key, bytes: size, given: identity.bytes });
}
