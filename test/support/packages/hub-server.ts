import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { packageTarball } from './write-tar.ts';

/** One version of a package on a hub. */
export interface HubRelease {
  readonly files?: Readonly<Record<string, string>>;
  /** What it asks for: entries of a packages file. */
  readonly packages?: readonly object[];
  readonly requires?: readonly string[];
}

/** A server that answers like the hub, and keeps what it was asked for. */
export interface HubServer {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** By `namespace/name`, then by version. May be changed while it runs. */
  readonly releases: Record<string, Record<string, HubRelease>>;
  /** Answers instead of the server when it gives a status. */
  fault: ((path: string) => number | 'hang' | undefined) | undefined;
  close(): Promise<void>;
}

export async function openHubServer(releases: HubServer['releases']): Promise<HubServer> {
  const asked: string[] = [];
  const hub: { fault: HubServer['fault'] } = { fault: undefined };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const fault = hub.fault?.(path);
    if (fault === 'hang') return;
    const body = fault === undefined ? answer(path, releases, urlOf(server.address())) : undefined;
    response.writeHead(fault ?? (body === undefined ? 404 : 200)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(hub, {
    url: urlOf(server.address()),
    asked,
    releases,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const urlOf = (address: AddressInfo | string | null): string =>
  typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '';

function answer(path: string, releases: HubServer['releases'], url: string): string | Buffer | undefined {
  const [, name = '', version] =
    /^\/(?:api\/v1\/)?([^/]+\/[^/]+?)(?:\.json|\/([^/]+)\.tar\.gz)$/.exec(path) ?? [];
  const versions = releases[name];
  if (versions === undefined) return undefined;
  const short = name.slice(name.indexOf('/') + 1);
  if (version === undefined) return JSON.stringify(description(name, short, versions, url));
  const release = versions[version];
  return (
    release &&
    packageTarball({ 'dbt_project.yml': `name: ${short}\nversion: ${version}\n`, ...release.files })
  );
}

function description(name: string, short: string, versions: Record<string, HubRelease>, url: string): object {
  const described = Object.entries(versions).map(([version, { packages = [], requires = [] }]) => [
    version,
    {
      name: short,
      version,
      packages,
      require_dbt_version: requires,
      downloads: { tarball: `${url}${name}/${version}.tar.gz`, format: 'tgz' },
    },
  ]);
  return { id: name, name: short, namespace: name.split('/')[0], versions: Object.fromEntries(described) };
}
