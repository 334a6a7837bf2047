import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import { SETTINGS_FILE } from '../project/project-settings.ts';
import { packageErrors } from './errors.ts';
import { LOCK_FILE } from './file-names.ts';
import type { InstallOptions } from './install-options.ts';
import { installPathOf } from './install-path.ts';
import { hashOf, readLockFile, writeLockFile } from './lock-file.ts';
import { packageName } from './package-name.ts';
import { describePin, type PackagePin, pinText } from './package-pin.ts';
import { PackageStore } from './package-store.ts';
import { ASIDE, isInstalled, markPackage, placePackage, recoverPackages } from './place-package.ts';
import { type AskedPackages, readPackagesFile } from './read-packages-file.ts';
import { resolvePackages } from './resolve-packages.ts';

/** A package below the packages' folder. */
export interface InstalledPackage {
  readonly name: string;
  /** As it was asked for, without credentials. */
  readonly from: string;
  /** Version, commit, `tarball` or `local`. */
  readonly version: string;
  /** Highest version of the hub, where it was asked and is another. */
  readonly latest: string | undefined;
  /** False when it was there already. */
  readonly isNew: boolean;
}

export interface Installation {
  readonly packages: readonly InstalledPackage[];
  /** True when the lock file was written anew. */
  readonly locked: boolean;
  /** Folders removed because nothing asks for them any more. */
  readonly removed: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Installs what a project asks for, directly or by its packages, below its packages' folder.
 *
 * As the original: what the lock file names is installed as long as it was made for what is asked for; otherwise, or with `upgrade`,
 * it is resolved and locked anew. Packages that are there unchanged are not fetched again. Everything new is fetched before
 * anything is replaced, and each package is replaced by renaming: after a crash a package is the old or the new one.
 *
 * @throws PenstockError `PROJECT_INVALID`, `PACKAGE_NOT_FETCHED`, `PACKAGE_CONFLICT`, `PACKAGE_CYCLE`, `PACKAGE_TWICE`,
 *   `PACKAGE_UNSAFE`, `PACKAGE_BROKEN`, `PACKAGE_KIND_UNSUPPORTED`.
 */
export async function installPackages(options: InstallOptions): Promise<Installation> {
  const asked = await readPackagesFile(options.dir, options);
  const installDir = resolve(options.dir, options.installPath ?? (await installPathOf(options)));
  const aside = await openAside(options, installDir);
  try {
    const store = new PackageStore(aside, options);
    const { packages, locked } = await lockedPackages(asked, store, options);
    if (options.lockOnly === true) return report(packages, new Set(), { locked, removed: [], store });
    const made = await makeAll(packages, installDir, aside, store, options);
    for (const [name, path] of made) await placePackage(path, join(installDir, name), aside, name);
    const removed = await removeOthers(installDir, new Set(packages.map(({ name }) => name)), store);
    return report(packages, new Set(made.keys()), { locked, removed, store });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

interface Wanted {
  readonly name: string;
  readonly pin: PackagePin;
  readonly latest: string | undefined;
}

async function openAside({ dir, lockOnly }: InstallOptions, installDir: string): Promise<string> {
  if (!relative(installDir, resolve(dir)).startsWith('..'))
    throw new PenstockError(modelErrors.projectInvalid, {
      reason: 'packages-install-path is the project itself, or a folder that holds it',
    });
  if (lockOnly === true) return mkdtemp(join(dir, ASIDE));
  await mkdir(installDir, { recursive: true });
  await recoverPackages(installDir, Date.now());
  return mkdtemp(join(installDir, ASIDE));
}

async function lockedPackages(
  asked: AskedPackages,
  store: PackageStore,
  options: InstallOptions,
): Promise<{ packages: Wanted[]; locked: boolean }> {
  const hash = hashOf(asked, options.env);
  const lock = options.upgrade === true ? undefined : await readLockFile(options.dir, asked, options);
  if (lock?.hash === hash)
    return { packages: await namedPackages(lock.packages, store, options), locked: false };
  if (asked.requests.length === 0) {
    await rm(join(options.dir, LOCK_FILE), { force: true });
    return { packages: [], locked: false };
  }
  const root = await packageName(options.dir, 'this project', options);
  const packages = await resolvePackages(root, asked.requests, store, options);
  await writeLockFile(options.dir, packages, hash);
  return { packages, locked: true };
}

/** Lock files of older versions of the original have no names. */
async function namedPackages(
  locked: readonly { name: string | undefined; pin: PackagePin }[],
  store: PackageStore,
  options: InstallOptions,
): Promise<Wanted[]> {
  const named: Wanted[] = [];
  for (const { name, pin } of locked) {
    const fetched = async () => packageName((await store.fetch(pin)).folder, describePin(pin).from, options);
    named.push({ name: name ?? (await fetched()), pin, latest: undefined });
  }
  const twice = named.find(({ name }, index) => named.findIndex((one) => one.name === name) !== index);
  if (twice !== undefined)
    throw new PenstockError(packageErrors.twice, { package: twice.name, file: LOCK_FILE });
  return named;
}

/** Everything that is not there yet, made aside: by name. All are tried, and the first failure is thrown when none runs any more. */
async function makeAll(
  packages: readonly Wanted[],
  installDir: string,
  aside: string,
  store: PackageStore,
  options: InstallOptions,
): Promise<Map<string, string>> {
  const made = await Promise.allSettled(
    packages.map(async ({ name, pin }) => {
      if (pin.kind !== 'local' && (await isInstalled(join(installDir, name), pinText(pin)))) return [];
      const { folder } = await store.fetch(pin);
      if (pin.kind === 'local') return [[name, await makeLocal(folder, aside, name, options)] as const];
      await packageName(folder, describePin(pin).from, options);
      await markPackage(folder, pinText(pin));
      return [[name, folder] as const];
    }),
  );
  return new Map(
    made.flatMap((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    }),
  );
}

/** A link to where it stands, or a copy where the file system has no links (as the original). */
async function makeLocal(
  folder: string,
  aside: string,
  name: string,
  options: InstallOptions,
): Promise<string> {
  await packageName(folder, name, options);
  const made = join(await mkdtemp(join(aside, 'local-')), name);
  await symlink(folder, made, 'dir').catch(() => cp(folder, made, { recursive: true }));
  return made;
}

/** Packages that nothing asks for any more. Whatever is no package is left alone: the folder may be shared, or named by mistake. */
async function removeOthers(
  installDir: string,
  wanted: ReadonlySet<string>,
  store: PackageStore,
): Promise<string[]> {
  const removed: string[] = [];
  for (const entry of await readdir(installDir, { withFileTypes: true })) {
    const path = join(installDir, entry.name);
    if (wanted.has(entry.name) || entry.name.startsWith('.')) continue;
    if (entry.isSymbolicLink() || existsSync(join(path, SETTINGS_FILE))) {
      await rm(path, { recursive: true, force: true });
      removed.push(entry.name);
    } else if (entry.isDirectory()) store.warnings.push(`${path} is no package; it was left as it is`);
  }
  return removed;
}

function report(
  packages: readonly Wanted[],
  made: ReadonlySet<string>,
  { locked, removed, store }: { locked: boolean; removed: string[]; store: PackageStore },
): Installation {
  const installed = packages.map(({ name, pin, latest }) => {
    const { from, version } = describePin(pin);
    return { name, from, version, latest: latest === version ? undefined : latest, isNew: made.has(name) };
  });
  return { packages: installed, locked, removed, warnings: store.warnings };
}
