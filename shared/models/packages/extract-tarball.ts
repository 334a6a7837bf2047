import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { packageErrors } from './errors.ts';
import { readTar, type TarEntry } from './read-tar.ts';

const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Unpacks a gzipped tar archive, which must hold one folder, into `folder`; that one folder is left away.
 *
 * Everything is checked before anything is written: no path leaves the folder, no entry is written through a link, no link points
 * out of it, and there are no devices.
 *
 * @throws PenstockError `PACKAGE_BROKEN`, `PACKAGE_UNSAFE`
 */
export async function extractTarball(bytes: Buffer, folder: string, shown: string): Promise<void> {
  const archive = await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES }).catch(() => undefined);
  const entries = archive === undefined ? undefined : readTar(archive);
  if (entries === undefined)
    throw new PenstockError(packageErrors.broken, { package: shown, reason: 'not a whole .tar.gz' });
  const checked = checkEntries(entries, shown);
  await mkdir(folder, { recursive: true });
  for (const [path, entry] of checked) await write(join(folder, path), entry);
}

/** Entries by path below the archive's one folder. A later entry of the same path wins, as with tar. */
function checkEntries(entries: readonly TarEntry[], shown: string): Map<string, TarEntry> {
  const unsafe = (path: string, reason: string) =>
    new PenstockError(packageErrors.unsafe, { package: shown, path, reason });
  const checked = new Map<string, TarEntry>();
  const tops = new Set<string>();
  for (const entry of entries) {
    const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.');
    if (entry.path.startsWith('/') || parts.includes('..') || /[\0\\]/.test(entry.path))
      throw unsafe(entry.path, 'the path leaves the folder');
    if (entry.kind === 'other') throw unsafe(entry.path, 'neither a file nor a folder');
    const [top, ...inner] = parts;
    if (top !== undefined) tops.add(top);
    if (inner.length === 0) {
      if (entry.kind !== 'folder' && top !== undefined) tops.add('');
      continue;
    }
    checked.set(inner.join('/'), entry);
  }
  if (tops.size !== 1 || checked.size === 0)
    throw new PenstockError(packageErrors.broken, {
      package: shown,
      reason: 'it must hold exactly one folder',
    });
  const [top = ''] = tops;
  for (const [path, entry] of checked) {
    if (foldersAbove(path).some((above) => (checked.get(above)?.kind ?? 'folder') !== 'folder'))
      throw unsafe(path, 'it would be written through a link or a file');
    if (entry.kind === 'symlink' && !staysInside(path, entry.target))
      throw unsafe(path, 'the link points out of the folder');
    if (entry.kind === 'hardlink') checked.set(path, linked(entry, top, checked, unsafe));
  }
  return checked;
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * True when a link's target lies below the folder that `path` counts from. A `..` after a name is refused: what it leads to depends
 * on whether that name is itself a link.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || /[\0\\]/.test(target)) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const ups = parts.findIndex((part) => part !== '..');
  const climbs = ups < 0 ? parts.length : ups;
  if (parts.slice(climbs).includes('..')) return false;
  return climbs <= path.split('/').length - 1;
}

/** A hard link is written as a copy of the file it names. */
function linked(
  entry: TarEntry,
  top: string,
  checked: ReadonlyMap<string, TarEntry>,
  unsafe: (path: string, reason: string) => PenstockError,
): TarEntry {
  const target = posix.relative(top, posix.normalize(entry.target));
  const file = checked.get(target);
  if (file?.kind !== 'file') throw unsafe(entry.path, 'the link names no file of the archive');
  return { ...file, path: entry.path };
}

async function write(path: string, entry: TarEntry): Promise<void> {
  if (entry.kind === 'folder') {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  if (entry.kind === 'symlink') await symlink(entry.target, path);
  else await writeFile(path, entry.content, { mode: entry.executable ? 0o755 : 0o644 });
}
