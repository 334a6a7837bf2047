import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderedOr } from '../profiles/rendered-or.ts';
import { type SecretYamlScope, secretYaml } from '../profiles/secret-yaml.ts';
import { lineOfKey } from '../project/line-of-key.ts';
import { problemsError } from '../project/problems-error.ts';
import { ProblemList } from '../project/project-problem.ts';
import { isMapping, readYaml, textOr, type YamlDocument, type YamlMapping } from '../project/read-yaml.ts';
import { DEPENDENCIES_FILE, PACKAGES_FILE } from './file-names.ts';
import type { PackageRequest } from './package-request.ts';
import { readRequest } from './read-request.ts';

/** What a project asks for. */
export interface AskedPackages {
  /** The file that says so; `packages.yml` where there is none. */
  readonly file: string;
  readonly requests: readonly PackageRequest[];
  /** Entries as written and as rendered, in order, for the lock file's hash. */
  readonly entries: readonly { readonly written: YamlMapping; readonly rendered: YamlMapping }[];
  /** `projects:` of `dependencies.yml`: other projects whose models are public here. They are not installed. */
  readonly projects: readonly string[];
}

/**
 * Reads `packages.yml` or `dependencies.yml` of a project; asks for nothing when it has neither.
 *
 * @param shown path of the folder in messages, `''` for the project itself.
 * @throws PenstockError `PROJECT_INVALID` listing every entry that cannot be used, `PACKAGE_KIND_UNSUPPORTED`.
 */
export async function readPackagesFile(
  dir: string,
  scope: SecretYamlScope,
  shown = '',
): Promise<AskedPackages> {
  const problems = new ProblemList();
  const packages = await open(dir, PACKAGES_FILE, shown, problems);
  const dependencies = await open(dir, DEPENDENCIES_FILE, shown, problems);
  if (packages?.document.value['packages'] && dependencies?.document.value['packages'])
    problems.add(
      packages.document.file,
      1,
      'packages: may be in packages.yml or dependencies.yml, not in both',
    );
  if (packages?.document.value['projects'])
    problems.add(packages.document.file, 1, 'projects: belongs into dependencies.yml');
  const source = dependencies?.document.value['packages'] ? dependencies : packages;
  const asked = source === undefined ? { requests: [], entries: [] } : readEntries(source, scope, problems);
  const found = problems.all();
  if (found.length > 0) throw problemsError(found);
  const file = source === dependencies && dependencies !== undefined ? DEPENDENCIES_FILE : PACKAGES_FILE;
  return { file, ...asked, projects: projectsOf(dependencies?.document.value['projects']) };
}

interface Source {
  readonly document: YamlDocument;
  readonly text: string;
}

async function open(
  dir: string,
  name: string,
  shown: string,
  problems: ProblemList,
): Promise<Source | undefined> {
  const text = await readFile(join(dir, name), 'utf8').catch(() => undefined);
  const document = text === undefined ? undefined : readYaml(`${shown}${name}`, text, problems);
  return document === undefined || text === undefined ? undefined : { document, text };
}

function readEntries({ document, text }: Source, scope: SecretYamlScope, problems: ProblemList) {
  const { file, value } = document;
  const list = value['packages'] ?? [];
  const requests: PackageRequest[] = [];
  const entries: { written: YamlMapping; rendered: YamlMapping }[] = [];
  if (!Array.isArray(list)) problems.add(file, 1, 'packages: must be a list');
  const renderer = secretYaml(scope);
  for (const written of Array.isArray(list) ? list : []) {
    const line = document.lineOf(written);
    const problem = (cause: string) => problems.add(file, line, cause);
    if (!isMapping(written)) {
      problem('a package must be a mapping with package:, git:, tarball: or local:');
      continue;
    }
    const exact = withDigits(written, text, line);
    const render = (one: unknown): unknown =>
      Array.isArray(one) ? one.map(render) : renderedOr(one, renderer, file, problem);
    const rendered = Object.fromEntries(Object.entries(exact).map(([key, one]) => [key, render(one)]));
    entries.push({ written, rendered });
    const request = readRequest(exact, rendered, { file, line }, scope.env, problem);
    if (request !== undefined) requests.push(request);
  }
  return { requests, entries };
}

/** `revision: 1.10` is the text 1.10, not the number 1.1. */
function withDigits(entry: YamlMapping, text: string, line: number): YamlMapping {
  const exact = Object.entries(entry).map(([key, value]) => {
    if (typeof value !== 'number') return [key, value];
    const at = text.split('\n')[lineOfKey(text, line, key) - 1] ?? '';
    const digits = new RegExp(`${key}['"]?\\s*:\\s*([\\d.]+)`).exec(at)?.[1];
    return [key, digits ?? String(value)];
  });
  return Object.fromEntries(exact);
}

function projectsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.map((entry) => textOr(isMapping(entry) ? entry['name'] : entry, '')).filter(Boolean);
}
