import type { Stats } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { hashFile } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type { ObjectIdentity } from '../landing-store.ts';
import { errnoOf } from './classify-file-error.ts';
import { type DurableFolders, syncFolder } from './durable-folder.ts';
import { assertSameBytes, linkCreateOnly, placeObject } from './place-object.ts';

/** A move under way: keys, their paths, and what the object must be. */
interface Move {
  readonly root: string;
  readonly folders: DurableFolders;
  readonly from: string;
  readonly to: string;
  readonly expected: ObjectIdentity | 'as-is';
}

/**
 * Moves by link, sync, unlink; across file systems by a create-only copy. At any cut either name, or both,
 * show the whole object, and the same call finishes the work.
 *
 * @throws see `LandingStore.move`; file system errors unclassified.
 */
export async function moveObject(move: Move): Promise<void> {
  const source = await statFile(join(move.root, move.from));
  if (source === undefined) return assertMoved(move);
  if (move.expected !== 'as-is' && source.size !== move.expected.bytes) {
    throw new PenstockError(landingErrors.objectCorrupt, {
      key: move.from,
      bytes: source.size,
      expected: move.expected.bytes,
    });
  }
  // Both names would be one file, and removing "the old one" would remove it.
  if (move.from === move.to) return;
  try {
    await putInPlace(move, source);
  } catch (error) {
    // Another process made the same move meanwhile.
    if (errnoOf(error) === 'ENOENT') return assertMoved(move);
    throw error;
  }
  await syncFolder(dirname(join(move.root, move.to)));
  await rm(join(move.root, move.from), { force: true });
  await syncFolder(dirname(join(move.root, move.from)));
}

async function assertMoved({ root, from, to, expected }: Move): Promise<void> {
  const target = await statFile(join(root, to));
  if (target === undefined) throw new PenstockError(landingErrors.objectMissing, { key: from });
  if (expected !== 'as-is') await assertSameBytes(to, join(root, to), expected);
  await syncFolder(dirname(join(root, to)));
}

async function putInPlace(move: Move, source: Stats): Promise<void> {
  const { root, folders, from, to } = move;
  await folders.ensure(dirname(join(root, to)));
  try {
    if (await linkCreateOnly(join(root, from), join(root, to))) return;
  } catch (error) {
    if (errnoOf(error) === 'EXDEV') return copyAcross(move);
    throw error;
  }
  const target = await stat(join(root, to));
  if (target.dev === source.dev && target.ino === source.ino) return;
  await assertSameBytes(to, join(root, to), await hashFile(join(root, from)));
}

async function copyAcross({ root, folders, from, to, expected }: Move): Promise<void> {
  const checksum = expected === 'as-is' ? {} : { checksum: expected.checksum };
  await placeObject(root, folders, to, join(root, from), checksum);
}

/** Undefined when no file stands there. */
export async function statFile(path: string): Promise<Stats | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found : undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
