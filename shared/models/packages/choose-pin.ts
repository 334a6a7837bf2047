import { PenstockError } from '#shared/errors/penstock-error.ts';
import { SUPPORTED_VERSION } from '../project/supported-version.ts';
import { packageErrors } from './errors.ts';
import type { HubVersion } from './hub-client.ts';
import type { InstallOptions } from './install-options.ts';
import type { PackagePin } from './package-pin.ts';
import { describeRequest, type GitRequest, type HubRequest, type PackageRequest } from './package-request.ts';
import type { PackageStore } from './package-store.ts';
import { parseVersion } from './version.ts';
import { highestWithin, isWithin, parseBounds } from './version-range.ts';

/** A request, and the name of the project that makes it. */
export interface Wish {
  readonly request: PackageRequest;
  readonly by: string;
}

/** One exact package that satisfies all wishes for it. @throws PenstockError `PACKAGE_CONFLICT` naming who asks for what. */
export async function choosePin(
  wishes: readonly Wish[],
  store: PackageStore,
  options: InstallOptions,
): Promise<PackagePin> {
  const requests = wishes.map(({ request }) => request);
  const [first] = requests;
  switch (first?.kind) {
    case 'hub':
      return chooseVersion(
        requests.filter((one) => one.kind === 'hub'),
        wishes,
        store,
        options,
      );
    case 'git':
      return chooseRevision(
        requests.filter((one) => one.kind === 'git'),
        first,
        wishes,
        store,
      );
    case 'tarball':
      return { kind: 'tarball', address: first.address, shown: first.shown, name: first.name };
    case 'local':
      return { kind: 'local', path: first.path };
    case undefined:
      throw new Error('nobody asks for this package');
  }
}

async function chooseVersion(
  requests: readonly HubRequest[],
  wishes: readonly Wish[],
  store: PackageStore,
  options: InstallOptions,
): Promise<PackagePin> {
  const name = requests[0]?.package ?? '';
  const { versions, movedTo } = await store.hub.package(name);
  if (movedTo !== undefined) warnOnce(store, `${name} has moved to ${movedTo}: ask for it there`);
  const usable = usableVersions(versions, options.versionCheck !== false);
  const bounds = requests.flatMap((request) => request.bounds);
  const withPrereleases = requests.some((request) => request.withPrereleases);
  const version = highestWithin(usable, bounds, withPrereleases);
  if (version !== undefined) return { kind: 'hub', package: name, version };
  const isExcluded = highestWithin([...versions.keys()], bounds, withPrereleases) !== undefined;
  throw new PenstockError(packageErrors.conflict, {
    package: name,
    asked: wishesText(wishes),
    available: usable.slice(-5).join(', ') || 'none',
    ...(isExcluded ? { reason: `what fits does not work with ${SUPPORTED_VERSION}` } : {}),
  });
}

/** Versions that say they work with what is supported here, or that say nothing. */
export function usableVersions(versions: ReadonlyMap<string, HubVersion>, versionCheck: boolean): string[] {
  const supported = parseVersion(SUPPORTED_VERSION);
  return [...versions].flatMap(([version, { requires }]) => {
    const { bounds } = parseBounds(requires);
    const fits = !versionCheck || supported === undefined || isWithin(supported, bounds);
    return fits ? [version] : [];
  });
}

function chooseRevision(
  requests: readonly GitRequest[],
  first: GitRequest,
  wishes: readonly Wish[],
  store: PackageStore,
): PackagePin {
  const revisions = new Set(requests.flatMap(({ revision }) => revision ?? []));
  if (revisions.size > 1)
    throw new PenstockError(packageErrors.conflict, { package: first.shown, asked: wishesText(wishes) });
  const [revision = 'HEAD'] = revisions;
  if (['HEAD', 'main', 'master'].includes(revision) && requests.every(({ warnUnpinned }) => warnUnpinned))
    warnOnce(store, `${first.shown} is not pinned: name a revision, or set warn-unpinned: false`);
  const { address, shown, subdirectory } = first;
  return { kind: 'git', address, shown, subdirectory, revision };
}

function warnOnce(store: PackageStore, warning: string): void {
  if (!store.warnings.includes(warning)) store.warnings.push(warning);
}

const wishesText = (wishes: readonly Wish[]): string =>
  wishes.map(({ by, request }) => `${by} asks for ${describeRequest(request)}`).join('; ');
