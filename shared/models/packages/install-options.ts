import type { SecretYamlScope } from '../profiles/secret-yaml.ts';
import type { DownloadOptions } from './download.ts';

/** What packages are installed with. */
export interface InstallOptions extends SecretYamlScope {
  /** The project's folder. */
  readonly dir: string;
  /** Default: `packages-install-path` of the project, else `dbt_packages`. Relative to the project. */
  readonly installPath?: string | undefined;
  /** Default: `DBT_PACKAGE_HUB_URL`, else the public hub. */
  readonly hubUrl?: string | undefined;
  /** Resolve again although nothing that was asked for changed: newer versions, newer commits. */
  readonly upgrade?: boolean | undefined;
  /** Only write the lock file. */
  readonly lockOnly?: boolean | undefined;
  /** Leave out versions that say they do not work with the version supported here; default true. */
  readonly versionCheck?: boolean | undefined;
  readonly download?: DownloadOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}
