import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isMapping, textOr } from '../project/read-yaml.ts';

/** Says, inside an installed package, what it is; a file of ours, hidden from projects by its dot. */
const MARKER = '.penstock-package.json';

/** Folders made aside start so; the loader passes over names with a dot. */
export const ASIDE = '.penstock-';
const OLD = 'old-';

/** Writes into a fetched package what it is, so that it need not be fetched again. */
export async function markPackage(folder: string, pin: string): Promise<void> {
  const digest = await digestOf(folder);
  await writeFile(join(folder, MARKER), `${JSON.stringify({ pin, digest })}\n`);
}

/** True when an installed package is the one pinned and nobody has changed its files. */
export async function isInstalled(folder: string, pin: string): Promise<boolean> {
  const text = await readFile(join(folder, MARKER), 'utf8').catch(() => undefined);
  if (text === undefined || (await lstat(folder)).isSymbolicLink()) return false;
  const marker: unknown = parsed(text);
  if (!isMapping(marker) || marker['pin'] !== pin) return false;
  return textOr(marker['digest'], '') === (await digestOf(folder));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of every file's path and content. */
async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && entry.name !== MARKER)
    .map((entry) => ({ path: join(entry.parentPath, entry.name), isLink: entry.isSymbolicLink() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const hash = createHash('sha256');
  for (const { path, isLink } of paths) {
    const content = isLink ? await readlink(path) : await readFile(path);
    hash.update(`${relative(folder, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Puts a package (a folder, or a link to one) in its place. What was there goes aside first and is back if this fails; after a crash
 * in between, {@link recoverPackages} brings it back.
 */
export async function placePackage(made: string, place: string, aside: string, name: string): Promise<void> {
  const old = join(await mkdtemp(join(aside, 'swap-')), `${OLD}${name}`);
  const hadOld = await rename(place, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(made, place);
  } catch (error) {
    if (hadOld) await rename(old, place);
    throw error;
  }
}

/** Folders aside that a crash left behind are older than any install takes. */
const ABANDONED_MS = 3_600_000;

/** Brings back packages that a crash caught between the two renames, and removes what old crashes left. */
export async function recoverPackages(installDir: string, now: number): Promise<string[]> {
  const recovered: string[] = [];
  const asides = (await readdir(installDir)).filter((name) => name.startsWith(ASIDE));
  for (const aside of asides) {
    const path = join(installDir, aside);
    for (const old of await oldPackagesIn(path)) {
      const name = old.slice(old.lastIndexOf(OLD) + OLD.length);
      const place = join(installDir, name);
      if (await isThere(place)) continue;
      await rename(old, place);
      recovered.push(name);
    }
    const since = await stat(path).catch(() => undefined);
    if (since !== undefined && now - since.mtimeMs > ABANDONED_MS)
      await rm(path, { recursive: true, force: true });
  }
  return recovered;
}

async function oldPackagesIn(aside: string): Promise<string[]> {
  const swaps = (await readdir(aside).catch(() => [])).filter((name) => name.startsWith('swap-'));
  const found: string[] = [];
  for (const swap of swaps)
    for (const name of await readdir(join(aside, swap)).catch(() => []))
      if (name.startsWith(OLD)) found.push(join(aside, swap, name));
  return found;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
