import { ProblemList } from '../project/project-problem.ts';
import { isMapping } from '../project/read-yaml.ts';
import { usableVersions } from './choose-pin.ts';
import type { InstallOptions } from './install-options.ts';
import { packageName } from './package-name.ts';
import { describePin, type PackagePin } from './package-pin.ts';
import type { PackageRequest } from './package-request.ts';
import type { PackageStore } from './package-store.ts';
import { readPackagesFile } from './read-packages-file.ts';
import { readRequest } from './read-request.ts';
import { highestWithin } from './version-range.ts';

/** What a package says of itself. */
export interface DescribedPackage {
  readonly name: string;
  /** As it was chosen: a git package by revision. */
  readonly asked: PackagePin;
  /** Exact: a git package by commit. */
  readonly pin: PackagePin;
  readonly requests: readonly PackageRequest[];
  readonly latest: string | undefined;
}

/** Reads a package's name and what it asks for: of the hub's description, or of its files, which are fetched for it. */
export async function describePackage(
  asked: PackagePin,
  store: PackageStore,
  options: InstallOptions,
): Promise<DescribedPackage> {
  if (asked.kind === 'hub') return describeHubPackage(asked, store, options);
  const { folder, pin } = await store.fetch(asked);
  const { from } = describePin(pin);
  const name = asked.kind === 'tarball' ? asked.name : await packageName(folder, from, options);
  if (asked.kind === 'tarball') await packageName(folder, from, options);
  const { requests } = await readPackagesFile(folder, options, `${name}/`);
  return { name, asked, pin, requests, latest: undefined };
}

async function describeHubPackage(
  pin: PackagePin & { kind: 'hub' },
  store: PackageStore,
  options: InstallOptions,
): Promise<DescribedPackage> {
  const { versions } = await store.hub.package(pin.package);
  const version = versions.get(pin.version);
  const at = { file: pin.package, line: 1 };
  const problems = new ProblemList();
  const requests = (version?.packages ?? []).flatMap((entry) => {
    if (!isMapping(entry)) return [];
    return readRequest(entry, entry, at, options.env, (cause) => problems.add(at.file, 1, cause)) ?? [];
  });
  for (const { cause } of problems.all()) store.warnings.push(`${pin.package} ${pin.version}: ${cause}`);
  const latest = highestWithin(usableVersions(versions, options.versionCheck !== false), [], false);
  return { name: version?.name ?? '', asked: pin, pin, requests, latest };
}
