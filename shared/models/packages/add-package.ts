import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { problemsError } from '../project/problems-error.ts';
import { ProblemList } from '../project/project-problem.ts';
import { isMapping, readYaml, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { DEPENDENCIES_FILE, PACKAGES_FILE } from './file-names.ts';
import { readRequest } from './read-request.ts';

/** A package to ask for. */
export interface PackageToAdd {
  /** `namespace/name` of the hub, an address, or a path. */
  readonly name: string;
  /** Version or bounds with commas between; for git the revision. */
  readonly version?: string | undefined;
  /** Default `hub`. */
  readonly source?: 'hub' | 'git' | 'local' | undefined;
}

/**
 * Writes a package into the project's packages file, in place of one of the same name, as `deps --add-package` of the original. The
 * rest of the file stays as it is, comments too.
 *
 * @returns the file written, and the packages that were taken out.
 * @throws PenstockError `PROJECT_INVALID` when the file or the package cannot be used.
 */
export async function addPackage(
  dir: string,
  wanted: PackageToAdd,
): Promise<{ file: string; replaced: readonly string[] }> {
  const entry = entryOf(wanted);
  const file = await fileIn(dir);
  checkEntry(entry);
  const text = await readFile(join(dir, file), 'utf8').catch(() => '');
  const { text: written, replaced } = withPackage(file, text, entry, wanted.name);
  const aside = join(dir, `${file}.${process.pid}`);
  await writeFile(aside, written);
  await rename(aside, join(dir, file));
  return { file, replaced };
}

function entryOf({ name, version, source = 'hub' }: PackageToAdd): Record<string, unknown> {
  const key = source === 'hub' ? 'package' : source;
  if (version === undefined || source === 'local') return { [key]: name };
  const bounds = version.split(',').map((bound) => bound.trim());
  const exact = bounds.length > 1 ? bounds : version;
  return { [key]: name, [source === 'git' ? 'revision' : 'version']: exact };
}

function checkEntry(entry: YamlMapping): void {
  const problems = new ProblemList();
  readRequest(entry, entry, { file: PACKAGES_FILE, line: 1 }, {}, (cause) =>
    problems.add(PACKAGES_FILE, 1, cause),
  );
  throwAny(problems);
}

function throwAny(problems: ProblemList): void {
  const found = problems.all();
  if (found.length > 0) throw problemsError(found);
}

async function fileIn(dir: string): Promise<string> {
  const text = await readFile(join(dir, DEPENDENCIES_FILE), 'utf8').catch(() => '');
  const document = readYaml(DEPENDENCIES_FILE, text, new ProblemList());
  const isOther = await access(join(dir, PACKAGES_FILE)).then(
    () => false,
    () => true,
  );
  return isOther && document?.value['packages'] !== undefined ? DEPENDENCIES_FILE : PACKAGES_FILE;
}

function withPackage(
  file: string,
  text: string,
  entry: YamlMapping,
  name: string,
): { text: string; replaced: string[] } {
  const problems = new ProblemList();
  const document = readYaml(file, text, problems);
  throwAny(problems);
  const value = document?.value['packages'];
  const list: unknown[] = Array.isArray(value) ? value : [];
  const isSame = (one: unknown) => isMapping(one) && meansSame(identifierOf(one), name);
  const replaced = list.filter(isSame).map((one) => (isMapping(one) ? identifierOf(one) : ''));
  const added = yaml.dump([entry], { lineWidth: -1 }).trimEnd().split('\n');
  const lines = text.split('\n');
  const starts = list.map((one) => (document?.lineOf(one) ?? 1) - 1);
  const isBlock =
    starts.every((at) => /^\s*-\s+\S/.test(lines[at] ?? '')) && new Set(starts).size === list.length;
  if (list.length === 0 || !isBlock)
    return { text: rewritten(document?.value ?? {}, list, isSame, entry), replaced };
  const indent = /^\s*/.exec(lines[starts[0] ?? 0] ?? '')?.[0] ?? '';
  const ends = starts.map((start) => endOf(lines, start, indent.length));
  const kept = lines.slice(0, ends.at(-1));
  for (const [index, one] of [...list.entries()].reverse())
    if (isSame(one)) kept.splice(starts[index] ?? 0, (ends[index] ?? 0) - (starts[index] ?? 0));
  kept.push(...added.map((line) => `${indent}${line}`));
  const rest = lines.slice(ends.at(-1));
  return { text: [...kept, ...(rest.length === 0 ? [''] : rest)].join('\n'), replaced };
}

/** Line after an entry of a list: the next that is written no deeper than its dash, and is neither blank nor a comment. */
function endOf(lines: readonly string[], start: number, indent: number): number {
  let end = start + 1;
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^\s*(#.*)?$/.test(line)) continue;
    if (/^ */.exec(line)?.[0].length === 0 || (/^ */.exec(line)?.[0].length ?? 0) <= indent) break;
    end = at + 1;
  }
  return end;
}

/** For a list that is empty or written in one line: the file anew, without its comments. */
function rewritten(
  value: YamlMapping,
  list: readonly unknown[],
  isSame: (one: unknown) => boolean,
  entry: YamlMapping,
): string {
  const packages = [...list.filter((one) => !isSame(one)), entry];
  return yaml.dump({ ...value, packages }, { lineWidth: -1 });
}

const identifierOf = (entry: YamlMapping): string =>
  ['package', 'git', 'local', 'tarball', 'private'].map((key) => textOr(entry[key], '')).find(Boolean) ?? '';

/**
 * True when an address or name holds this package's name as a whole part, hyphens and underscores alike: asking the hub for
 * `acme/some_utils` takes the place of `https://example.org/acme/some-utils.git` (as the original).
 */
function meansSame(identifier: string, name: string): boolean {
  const alike = (text: string) => text.replaceAll('-', '_');
  const short =
    alike(name.replace(/\.git$/, ''))
      .split('/')
      .at(-1) ?? '';
  return alike(identifier).split(/[/.]/).includes(short);
}
