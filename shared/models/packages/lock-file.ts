import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { renderedOr } from '../profiles/rendered-or.ts';
import { type SecretYamlScope, secretYaml } from '../profiles/secret-yaml.ts';
import { problemsError } from '../project/problems-error.ts';
import { ProblemList } from '../project/project-problem.ts';
import { isMapping, readYaml, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { LOCK_FILE } from './file-names.ts';
import type { PackagePin } from './package-pin.ts';
import type { AskedPackages } from './read-packages-file.ts';
import { isPackageName } from './read-request.ts';
import { withoutHidden, withoutSecrets } from './without-secrets.ts';

/** An exact package of the lock file. */
export interface LockedPackage {
  /** Undefined in files of older versions of the original. */
  readonly name: string | undefined;
  readonly pin: PackagePin;
}

export interface LockFile {
  readonly packages: readonly LockedPackage[];
  readonly hash: string;
}

/**
 * Reads the lock file.
 *
 * @param asked what the project asks for now: addresses that were written without their credentials get them back from there.
 * @returns undefined where there is none.
 * @throws PenstockError `PROJECT_INVALID`
 */
export async function readLockFile(
  dir: string,
  asked: AskedPackages,
  scope: SecretYamlScope,
): Promise<LockFile | undefined> {
  const text = await readFile(join(dir, LOCK_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const problems = new ProblemList();
  const document = readYaml(LOCK_FILE, text, problems);
  const list = document?.value['packages'];
  const packages = (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
    const problem = (cause: string) => problems.add(LOCK_FILE, document?.lineOf(entry) ?? 1, cause);
    const locked = isMapping(entry) ? lockedOf(entry, asked, scope, problem) : undefined;
    if (locked === undefined) problem('this is no locked package');
    return locked ?? [];
  });
  const found = problems.all();
  if (found.length > 0) throw problemsError(found);
  return { packages, hash: textOr(document?.value['sha1_hash'], '') };
}

function lockedOf(
  entry: YamlMapping,
  asked: AskedPackages,
  scope: SecretYamlScope,
  problem: (cause: string) => void,
): LockedPackage | undefined {
  const text = (key: string) => textOr(entry[key], '');
  const name = text('name') || undefined;
  if (name !== undefined && !isPackageName(name)) return undefined;
  const pin = pinOf(text, asked, scope, problem);
  return pin && { name, pin };
}

function pinOf(
  text: (key: string) => string,
  asked: AskedPackages,
  scope: SecretYamlScope,
  problem: (cause: string) => void,
): PackagePin | undefined {
  const address = (shown: string): string => {
    const same = asked.requests.find((one) => 'shown' in one && one.shown === shown);
    if (same !== undefined && 'address' in same) return same.address;
    return withoutHidden(textOr(renderedOr(shown, secretYaml(scope), LOCK_FILE, problem), shown));
  };
  const [git, tarball, revision] = [text('git'), text('tarball'), text('revision')];
  if (text('local')) return { kind: 'local', path: text('local') };
  if (text('package') && text('version'))
    return { kind: 'hub', package: text('package'), version: text('version') };
  if (tarball && text('name'))
    return { kind: 'tarball', address: address(tarball), shown: tarball, name: text('name') };
  if (!git || !revision || git.startsWith('-') || revision.startsWith('-')) return undefined;
  const subdirectory = text('subdirectory') || undefined;
  if (subdirectory !== undefined && /^\/|(^|\/)\.\.(\/|$)/.test(subdirectory)) return undefined;
  return { kind: 'git', address: address(git), shown: git, revision, subdirectory };
}

/** Writes the lock file as the original does, aside first, so that there is always a whole one. */
export async function writeLockFile(
  dir: string,
  packages: readonly { readonly name: string; readonly pin: PackagePin }[],
  hash: string,
): Promise<void> {
  const entries = packages.map(({ name, pin }) => ({ name, ...lockEntry(pin) }));
  const list = yaml.dump({ packages: entries }, { sortKeys: true, lineWidth: -1 });
  const path = join(dir, LOCK_FILE);
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${list}sha1_hash: ${hash}\n`);
  await rename(aside, path);
}

function lockEntry(pin: PackagePin): Record<string, string> {
  switch (pin.kind) {
    case 'hub':
      return { package: pin.package, version: pin.version };
    case 'git':
      return {
        git: pin.shown,
        revision: pin.revision,
        ...(pin.subdirectory === undefined ? {} : { subdirectory: pin.subdirectory }),
      };
    case 'tarball':
      return { tarball: pin.shown };
    case 'local':
      return { local: pin.path };
  }
}

/**
 * Hash of what a project asks for, the same as the original's (`_create_sha1_hash`), so that each takes the other's lock file.
 * Addresses that hold a secret go in as shown: nobody can try passwords against the hash.
 */
export function hashOf({ entries }: AskedPackages, env: Readonly<Record<string, string>>): string {
  const texts = entries.map(({ written, rendered }) => pythonJson(contractOf(written, rendered, env)));
  return createHash('sha1').update(texts.sort().join('\n')).digest('hex');
}

function contractOf(
  written: YamlMapping,
  rendered: YamlMapping,
  env: Readonly<Record<string, string>>,
): YamlMapping {
  const scrubbed = (value: unknown, key: string): unknown => {
    if (typeof value !== 'string') return value;
    return withoutSecrets(value, env) === value ? value : withoutSecrets(textOr(written[key], ''), env);
  };
  const of = (key: string) => scrubbed(rendered[key] ?? null, key);
  const unrendered = Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, scrubbed(value, key)]),
  );
  const name = rendered['name'] === undefined ? {} : { name: of('name') };
  if (rendered['local'] !== undefined) return { local: of('local'), unrendered, ...name };
  if (rendered['tarball'] !== undefined) return { tarball: of('tarball'), unrendered, ...name };
  if (rendered['package'] !== undefined) {
    const install_prerelease = rendered['install_prerelease'] ?? false;
    return { package: of('package'), version: of('version'), install_prerelease, unrendered, ...name };
  }
  const warn = rendered['warn-unpinned'] ?? rendered['warn_unpinned'] ?? null;
  const place = { git: of('git'), revision: of('revision'), subdirectory: of('subdirectory') };
  return { ...place, 'warn-unpinned': warn, unrendered, ...name };
}

/** `json.dumps(value, sort_keys=True)` of Python: blanks after separators, everything beyond ASCII escaped. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (isMapping(value)) {
    const pairs = Object.keys(value)
      .sort()
      .map((key) => `${pythonJson(key)}: ${pythonJson(value[key])}`);
    return `{${pairs.join(', ')}}`;
  }
  return (JSON.stringify(value) ?? 'null').replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
