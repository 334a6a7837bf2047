import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { download } from './download.ts';
import { packageErrors } from './errors.ts';
import { extractTarball } from './extract-tarball.ts';
import { fetchGit } from './fetch-git.ts';
import { HUB_URL, HubClient } from './hub-client.ts';
import type { InstallOptions } from './install-options.ts';
import { type PackagePin, pinText } from './package-pin.ts';

/** A package as fetched. */
export interface FetchedPackage {
  /** Its files; of a local package the folder where it stands. */
  readonly folder: string;
  /** As asked for, with the commit that a revision turned out to be. */
  readonly pin: PackagePin;
}

/** Fetches packages into a folder aside, each once. */
export class PackageStore {
  readonly hub: HubClient;
  /** Things worth telling that stop nothing. */
  readonly warnings: string[] = [];
  readonly #aside: string;
  readonly #options: InstallOptions;
  readonly #fetched = new Map<string, Promise<FetchedPackage>>();

  /** @param aside on the same disk as the packages' folder; its owner removes it. */
  constructor(aside: string, options: InstallOptions) {
    this.#aside = aside;
    this.#options = options;
    const url = options.hubUrl ?? options.env['DBT_PACKAGE_HUB_URL'] ?? HUB_URL;
    this.hub = new HubClient(url, this.#download);
  }

  get #download() {
    return { ...this.#options.download, signal: this.#options.signal };
  }

  /** @throws PenstockError `PACKAGE_NOT_FETCHED`, `PACKAGE_BROKEN`, `PACKAGE_UNSAFE` */
  fetch(pin: PackagePin): Promise<FetchedPackage> {
    const key = pinText(pin);
    const fetched = this.#fetched.get(key) ?? this.#fetch(pin);
    this.#fetched.set(key, fetched);
    return fetched;
  }

  async #fetch(pin: PackagePin): Promise<FetchedPackage> {
    switch (pin.kind) {
      case 'local':
        return { folder: resolve(this.#options.dir, pin.path), pin };
      case 'git':
        return this.#git(pin);
      case 'tarball':
        return { folder: await this.#archive(pin.address, pin.shown), pin };
      case 'hub':
        return {
          folder: await this.#archive(await this.#hubTarball(pin), `${pin.package} ${pin.version}`),
          pin,
        };
    }
  }

  async #git(pin: PackagePin & { kind: 'git' }): Promise<FetchedPackage> {
    const work = await this.#workFolder();
    const folder = join(work, 'package');
    const { env, signal } = this.#options;
    const revision = pin.revision === 'HEAD' ? undefined : pin.revision;
    const { commit, leftOut } = await fetchGit({ ...pin, revision }, folder, work, env, signal);
    for (const path of leftOut)
      this.warnings.push(`${pin.shown}: the link ${path} leads out of the package and was left out`);
    const exact: PackagePin = { ...pin, revision: commit };
    const fetched = { folder, pin: exact };
    this.#fetched.set(pinText(exact), Promise.resolve(fetched));
    return fetched;
  }

  async #hubTarball(pin: PackagePin & { kind: 'hub' }): Promise<string> {
    const { versions } = await this.hub.package(pin.package);
    const tarball = versions.get(pin.version)?.tarball;
    if (tarball !== undefined) return tarball;
    const reason = `the hub has no version ${pin.version}`;
    throw new PenstockError(packageErrors.notFetched, { package: pin.package, reason });
  }

  async #archive(address: string, shown: string): Promise<string> {
    const bytes = await download(address, shown, this.#download);
    if (bytes === undefined)
      throw new PenstockError(packageErrors.notFetched, { package: shown, reason: 'HTTP 404' });
    const folder = join(await this.#workFolder(), 'package');
    await extractTarball(bytes, folder, shown);
    return folder;
  }

  async #workFolder(): Promise<string> {
    await mkdir(this.#aside, { recursive: true });
    return mkdtemp(join(this.#aside, 'fetch-'));
  }
}
