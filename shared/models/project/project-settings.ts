import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProblemList } from './project-problem.ts';
import { isMapping, readYaml, textOr, type YamlDocument, type YamlMapping } from './read-yaml.ts';

/** What `dbt_project.yml` says, with the original's defaults. */
export interface ProjectSettings {
  readonly name: string;
  readonly modelPaths: readonly string[];
  readonly macroPaths: readonly string[];
  readonly seedPaths: readonly string[];
  readonly testPaths: readonly string[];
  readonly vars: YamlMapping;
  /** `+config` trees by folder, of models, seeds and tests. */
  readonly models: YamlMapping;
  readonly seeds: YamlMapping;
  readonly tests: YamlMapping;
}

export const SETTINGS_FILE = 'dbt_project.yml';

/** Reads a project's settings. Adds a problem and returns undefined when the file is missing or has no name. */
export async function readSettings(dir: string, problems: ProblemList): Promise<ProjectSettings | undefined> {
  const text = await readFile(join(dir, SETTINGS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) {
    problems.add(SETTINGS_FILE, 1, 'the file is missing: this folder is not a project');
    return undefined;
  }
  const document = readYaml(SETTINGS_FILE, text, problems);
  return document && settingsOf(document, problems);
}

function settingsOf(document: YamlDocument, problems: ProblemList): ProjectSettings | undefined {
  const { value } = document;
  const name = textOr(value['name'], '');
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    problems.add(SETTINGS_FILE, 1, 'name: must be letters, digits and underscores');
    return undefined;
  }
  return {
    name,
    modelPaths: paths(value['model-paths'], ['models']),
    macroPaths: paths(value['macro-paths'], ['macros']),
    seedPaths: paths(value['seed-paths'], ['seeds']),
    testPaths: paths(value['test-paths'], ['tests']),
    vars: varsOf(value['vars'], name),
    models: mapping(value['models']),
    seeds: mapping(value['seeds']),
    tests: mapping(value['data_tests'] ?? value['tests']),
  };
}

/** Variables of the project's own scope win over global ones. */
function varsOf(value: unknown, project: string): YamlMapping {
  const all = mapping(value);
  return { ...all, ...mapping(all[project]) };
}

const mapping = (value: unknown): YamlMapping => (isMapping(value) ? value : {});

function paths(value: unknown, fallback: readonly string[]): readonly string[] {
  return Array.isArray(value) ? value.map((path) => textOr(path, '')).filter(Boolean) : fallback;
}
