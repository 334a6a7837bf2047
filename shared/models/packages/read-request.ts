import { PenstockError } from '#shared/errors/penstock-error.ts';
import { isMapping, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { packageErrors } from './errors.ts';
import type { AskedAt, PackageRequest } from './package-request.ts';
import { parseBounds } from './version-range.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Names that may become a folder below the packages' folder. */
export const isPackageName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/**
 * Reads one entry of a packages file. Adds a problem and answers undefined when it cannot be used.
 *
 * @param written as in the file; addresses are shown so.
 * @param entry rendered.
 */
export function readRequest(
  written: YamlMapping,
  entry: YamlMapping,
  at: AskedAt,
  env: Readonly<Record<string, string>>,
  problem: (cause: string) => void,
): PackageRequest | undefined {
  const text = (key: string) => textOr(entry[key], '');
  const shown = (key: string) => withoutSecrets(textOr(written[key], ''), env);
  if (entry['private'] !== undefined)
    throw new PenstockError(packageErrors.kindUnsupported, { package: shown('private'), ...at });
  if (text('local')) return { kind: 'local', path: text('local'), ...at };
  if (text('git')) return gitRequest(text, shown('git'), entry, at, problem);
  if (text('tarball')) {
    const name = text('name');
    if (isPackageName(name))
      return { kind: 'tarball', address: text('tarball'), shown: shown('tarball'), name, ...at };
    problem('a tarball needs name: with letters, digits and underscores');
  } else if (text('package')) return hubRequest(text('package'), entry, at, problem);
  else problem('a package needs package:, git:, tarball: or local: with a value');
  return undefined;
}

function gitRequest(
  text: (key: string) => string,
  shown: string,
  entry: YamlMapping,
  at: AskedAt,
  problem: (cause: string) => void,
): PackageRequest | undefined {
  const address = text('git');
  const revision = Array.isArray(entry['revision']) ? textOr(entry['revision'][0], '') : text('revision');
  const subdirectory = text('subdirectory').replace(/^\.\/|\/+$/g, '');
  // Git would take it for an option.
  if (address.startsWith('-') || revision.startsWith('-')) problem('git: and revision: may not start with -');
  else if (/^\/|(^|\/)\.\.(\/|$)/.test(subdirectory)) problem('subdirectory: must lie inside the repository');
  else
    return {
      kind: 'git',
      address,
      shown,
      revision: revision || undefined,
      subdirectory: subdirectory || undefined,
      warnUnpinned: (entry['warn-unpinned'] ?? entry['warn_unpinned']) !== false,
      ...at,
    };
  return undefined;
}

function hubRequest(
  name: string,
  entry: YamlMapping,
  at: AskedAt,
  problem: (cause: string) => void,
): PackageRequest | undefined {
  if (!/^[\w.-]+\/[\w.-]+$/.test(name) || name.includes('..')) {
    problem(`${name}: packages of the hub have a namespace, as in dbt-labs/dbt_utils`);
    return undefined;
  }
  const written: unknown[] = Array.isArray(entry['version']) ? entry['version'] : [entry['version']];
  const texts = written.map((one) => (isMapping(one) ? '' : textOr(one, ''))).filter(Boolean);
  if (texts.length === 0) problem(`${name}: version: is missing`);
  const { bounds, invalid } = parseBounds(texts);
  for (const one of invalid) problem(`${name}: ${one} is no version such as 1.2.0 or >=1.0.0`);
  if (texts.length === 0 || invalid.length > 0) return undefined;
  const withPrereleases = (entry['install_prerelease'] ?? entry['install-prerelease']) === true;
  return { kind: 'hub', package: name, bounds, withPrereleases, ...at };
}
