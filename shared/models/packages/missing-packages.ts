import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemList } from '../project/project-problem.ts';
import { mappingsIn, readYaml, textOr, type YamlDocument, type YamlMapping } from '../project/read-yaml.ts';
import { DEPENDENCIES_FILE, LOCK_FILE, PACKAGES_FILE } from './file-names.ts';

/**
 * Adds a problem for each package that a project asks for and that is not installed. Nothing is rendered, since addresses may
 * name secrets that only installing is given; so a git package is known by the lock file alone.
 *
 * @param installed names of the projects below the packages' folder.
 */
export async function addMissingPackages(
  dir: string,
  installed: ReadonlySet<string>,
  problems: ProblemList,
): Promise<void> {
  const files = await Promise.all([PACKAGES_FILE, DEPENDENCIES_FILE].map((file) => open(dir, file)));
  const asked = files.flatMap((document) => entriesOf(document));
  if (asked.length === 0) return;
  const lock = entriesOf(await open(dir, LOCK_FILE));
  const missing = new Set<string>();
  const add = (file: string, line: number, name: string) => {
    if (!missing.has(name))
      problems.add(file, line, `package ${name} is in ${file} but not installed: ${RUN}`);
    missing.add(name);
  };
  for (const { entry, file, line } of asked) {
    const name = await nameOf(dir, entry, lock);
    if (name !== undefined && !installed.has(name)) add(file, line, name);
  }
  for (const { entry, line } of lock) {
    const name = textOr(entry['name'], '');
    if (name !== '' && !installed.has(name)) add(LOCK_FILE, line, name);
  }
  if (missing.size === 0 && lock.length === 0 && installed.size < asked.length)
    problems.add(
      asked[0]?.file ?? PACKAGES_FILE,
      1,
      `packages asked for: ${asked.length}, installed: ${installed.size}: ${RUN}`,
    );
}

const RUN = 'run `penstock transform deps`';

interface Entry {
  readonly entry: YamlMapping;
  readonly file: string;
  readonly line: number;
}

async function open(dir: string, file: string): Promise<YamlDocument | undefined> {
  const text = await readFile(join(dir, file), 'utf8').catch(() => undefined);
  // What is wrong with the file is told by installing.
  return text === undefined ? undefined : readYaml(file, text, new ProblemList());
}

function entriesOf(document: YamlDocument | undefined): Entry[] {
  if (document === undefined) return [];
  const { file } = document;
  return mappingsIn(document.value['packages']).map((entry) => ({
    entry,
    file,
    line: document.lineOf(entry),
  }));
}

/** Name of the project that an entry installs; undefined for a git package, whose name only its files say. */
async function nameOf(dir: string, entry: YamlMapping, lock: readonly Entry[]): Promise<string | undefined> {
  const text = (key: string) => textOr(entry[key], '');
  const isSame = (key: string) => lock.find((locked) => textOr(locked.entry[key], '') === text(key));
  for (const key of ['package', 'local', 'tarball'] as const) {
    if (text(key) === '') continue;
    const locked = textOr(isSame(key)?.entry['name'], '');
    return locked || (await guessOf(dir, key, text));
  }
  return undefined;
}

async function guessOf(
  dir: string,
  key: 'package' | 'local' | 'tarball',
  text: (key: string) => string,
): Promise<string> {
  if (key === 'package') return text('package').slice(text('package').lastIndexOf('/') + 1);
  if (key === 'tarball') return text('name');
  const document = await open(join(dir, text('local')), 'dbt_project.yml');
  return textOr(document?.value['name'], text('local'));
}
