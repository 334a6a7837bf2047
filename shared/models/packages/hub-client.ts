import { PenstockError } from '#shared/errors/penstock-error.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';
import { type DownloadOptions, download } from './download.ts';
import { packageErrors } from './errors.ts';
import { isPackageName } from './read-request.ts';

/** One version of a package, as a hub describes it. */
export interface HubVersion {
  /** Name of the project inside. */
  readonly name: string;
  readonly tarball: string;
  /** Entries as in a packages file. */
  readonly packages: readonly unknown[];
  /** Versions of the original it says it works with. */
  readonly requires: readonly string[];
}

/** What a hub says of a package. */
export interface HubPackage {
  readonly versions: ReadonlyMap<string, HubVersion>;
  /** `namespace/name` it moved to. */
  readonly movedTo: string | undefined;
}

export const HUB_URL = 'https://hub.getdbt.com/';

/** Asks a hub about packages: `GET <hub>/api/v1/<namespace>/<name>.json`, each once. */
export class HubClient {
  readonly #url: string;
  readonly #options: DownloadOptions;
  readonly #asked = new Map<string, Promise<HubPackage>>();

  constructor(url: string, options: DownloadOptions) {
    this.#url = url.endsWith('/') ? url : `${url}/`;
    this.#options = options;
  }

  /** @throws PenstockError `PACKAGE_NOT_FETCHED`, also when the hub does not know the package. */
  package(name: string): Promise<HubPackage> {
    const asked = this.#asked.get(name) ?? this.#ask(name);
    this.#asked.set(name, asked);
    return asked;
  }

  async #ask(name: string): Promise<HubPackage> {
    const address = `${this.#url}api/v1/${name}.json`;
    const fail = (reason: string) => new PenstockError(packageErrors.notFetched, { package: name, reason });
    const bytes = await download(address, address, this.#options);
    if (bytes === undefined) throw fail('the hub does not know this package');
    const value = parsed(bytes);
    if (!isMapping(value) || !isMapping(value['versions']))
      throw fail('the hub answered something that describes no package');
    const versions = Object.entries(value['versions']).flatMap(([version, entry]) => {
      const described = versionOf(entry);
      return described === undefined ? [] : [[version, described] as const];
    });
    return { versions: new Map(versions), movedTo: movedTo(name, value) };
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function versionOf(entry: unknown): HubVersion | undefined {
  if (!isMapping(entry) || !isMapping(entry['downloads'])) return undefined;
  const name = textOr(entry['name'], '');
  const tarball = textOr(entry['downloads']['tarball'], '');
  if (!isPackageName(name) || tarball === '') return undefined;
  const requires = entry['require_dbt_version'] ?? [];
  return {
    name,
    tarball,
    packages: Array.isArray(entry['packages']) ? entry['packages'] : [],
    requires: (Array.isArray(requires) ? requires : [requires]).map((one) => textOr(one, '')).filter(Boolean),
  };
}

function movedTo(name: string, value: Readonly<Record<string, unknown>>): string | undefined {
  const [namespace, short] = name.split('/');
  const target = `${textOr(value['redirectnamespace'], '') || namespace}/${textOr(value['redirectname'], '') || short}`;
  return target === name ? undefined : target;
}
