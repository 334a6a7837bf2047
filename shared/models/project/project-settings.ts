import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listOf } from './config-tree.ts';
import { lineOfKey } from './line-of-key.ts';
import type { ProblemList } from './project-problem.ts';
import { type RenderYaml, readProjectYaml } from './read-project-yaml.ts';
import { isMapping, mappingOf, readYaml, textOr, type YamlDocument, type YamlMapping } from './read-yaml.ts';

/** What `dbt_project.yml` says, with the original's defaults. */
export interface ProjectSettings {
  readonly name: string;
  readonly version: string;
  readonly profile: string | undefined;
  readonly modelPaths: readonly string[];
  readonly macroPaths: readonly string[];
  readonly seedPaths: readonly string[];
  readonly testPaths: readonly string[];
  readonly snapshotPaths: readonly string[];
  readonly analysisPaths: readonly string[];
  /** Where `docs` blocks are looked for; default all other paths. */
  readonly docsPaths: readonly string[];
  readonly packagesInstallPath: string;
  readonly targetPath: string;
  readonly cleanTargets: readonly string[];
  /** As written: global ones, and those of a package below its name. */
  readonly vars: YamlMapping;
  /** `+config` trees by folder. */
  readonly models: YamlMapping;
  readonly seeds: YamlMapping;
  readonly snapshots: YamlMapping;
  readonly sources: YamlMapping;
  readonly tests: YamlMapping;
  readonly unitTests: YamlMapping;
  readonly exposures: YamlMapping;
  /** Templates, rendered when they are run. */
  readonly onRunStart: readonly string[];
  readonly onRunEnd: readonly string[];
  /** Packages in which a dispatched macro is looked for, by macro namespace. */
  readonly dispatch: ReadonlyMap<string, readonly string[]>;
  readonly quoting: YamlMapping;
  /** Nobody outside reads its models unless they are public. */
  readonly restrictAccess: boolean;
  readonly flags: YamlMapping;
  /** Where hooks begin in the file. */
  readonly lines: { readonly onRunStart: number; readonly onRunEnd: number };
  /** The file before its templates were rendered; undefined when it has none. */
  readonly written: YamlMapping | undefined;
}

export const SETTINGS_FILE = 'dbt_project.yml';

/** Keys whose templates are rendered later, with more at hand. */
const LATER = /^(vars|on-run-start|on-run-end|query-comment)$|pre[-_]hook$|post[-_]hook$/;

/**
 * Reads a project's settings. Adds a problem and returns undefined when the file is missing or has no name.
 *
 * @param shown path of the folder in messages, `''` for the project itself.
 */
export async function readSettings(
  dir: string,
  problems: ProblemList,
  render: RenderYaml,
  shown = '',
): Promise<ProjectSettings | undefined> {
  const file = `${shown}${SETTINGS_FILE}`;
  const text = await readFile(join(dir, SETTINGS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) {
    problems.add(file, 1, 'the file is missing: this folder is not a project');
    return undefined;
  }
  const document = readProjectYaml(file, text, problems, render, (path) =>
    path.some((key) => LATER.test(key)),
  );
  const written = document && /\{[{%]/.test(text) ? readYaml(file, text, problems)?.value : undefined;
  const lines = {
    onRunStart: lineOfKey(text, 1, 'on-run-start'),
    onRunEnd: lineOfKey(text, 1, 'on-run-end'),
  };
  return document && settingsOf(document, file, problems, { written, lines });
}

function settingsOf(
  document: YamlDocument,
  file: string,
  problems: ProblemList,
  { written, lines }: Pick<ProjectSettings, 'written' | 'lines'>,
): ProjectSettings | undefined {
  const { value } = document;
  const name = textOr(value['name'], '');
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    problems.add(file, 1, 'name: must be letters, digits and underscores');
    return undefined;
  }
  const folders = pathsOf(value);
  return {
    name,
    version: textOr(value['version'], ''),
    profile: textOr(value['profile'], '') || undefined,
    ...folders,
    packagesInstallPath: textOr(value['packages-install-path'], 'dbt_packages'),
    targetPath: textOr(value['target-path'], 'target'),
    cleanTargets: paths(value['clean-targets'], [textOr(value['target-path'], 'target')]),
    vars: mappingOf(value['vars']),
    models: mappingOf(value['models']),
    seeds: mappingOf(value['seeds']),
    snapshots: mappingOf(value['snapshots']),
    sources: mappingOf(value['sources']),
    tests: mappingOf(value['data_tests'] ?? value['tests']),
    unitTests: mappingOf(value['unit_tests']),
    exposures: mappingOf(value['exposures']),
    onRunStart: hooks(value['on-run-start']),
    onRunEnd: hooks(value['on-run-end']),
    dispatch: dispatchOf(value['dispatch']),
    quoting: mappingOf(value['quoting']),
    restrictAccess: value['restrict-access'] === true,
    flags: mappingOf(value['flags']),
    written,
    lines,
  };
}

function pathsOf(value: YamlMapping) {
  const modelPaths = paths(value['model-paths'] ?? value['source-paths'], ['models']);
  const macroPaths = paths(value['macro-paths'], ['macros']);
  const seedPaths = paths(value['seed-paths'] ?? value['data-paths'], ['seeds']);
  const testPaths = paths(value['test-paths'], ['tests']);
  const snapshotPaths = paths(value['snapshot-paths'], ['snapshots']);
  const analysisPaths = paths(value['analysis-paths'], ['analyses']);
  const all = [...modelPaths, ...seedPaths, ...snapshotPaths, ...analysisPaths, ...macroPaths, ...testPaths];
  const docsPaths = paths(value['docs-paths'], [...new Set(all)]);
  return { modelPaths, macroPaths, seedPaths, testPaths, snapshotPaths, analysisPaths, docsPaths };
}

/** `dispatch: [{macro_namespace: dbt_utils, search_order: [mine, dbt_utils]}]`. */
function dispatchOf(value: unknown): ReadonlyMap<string, readonly string[]> {
  return new Map(
    listOf(value)
      .filter(isMapping)
      .map((entry) => [textOr(entry['macro_namespace'], ''), paths(entry['search_order'], [])] as const),
  );
}

const hooks = (value: unknown): string[] =>
  listOf(value)
    .map((entry) => (isMapping(entry) ? textOr(entry['sql'], '') : textOr(entry, '')))
    .filter(Boolean);

function paths(value: unknown, fallback: readonly string[]): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map((path) => textOr(path, '')).filter(Boolean) : fallback;
}

/**
 * Variables as one package's templates see them: its own, then what the root project says, then the command line. In each, those
 * below the package's name win over global ones.
 */
export function varsOf(
  packageName: string,
  own: ProjectSettings,
  root: ProjectSettings,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const of = ({ vars }: ProjectSettings) => ({ ...vars, ...mappingOf(vars[packageName]) });
  return { ...of(own), ...of(root), ...given };
}
