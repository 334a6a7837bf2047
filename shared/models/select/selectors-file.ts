import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import { yamlNames } from '../load/yaml-names.ts';
import { problemsError } from '../project/problems-error.ts';
import type { ProjectOptions } from '../project/project.ts';
import { ProblemList } from '../project/project-problem.ts';
import { readProjectYaml } from '../project/read-project-yaml.ts';
import { isMapping, textOr, type YamlDocument, type YamlMapping } from '../project/read-yaml.ts';
import type { IndirectSelection } from './criterion.ts';
import { parseDefinition } from './definition.ts';
import type { Selection } from './selection.ts';

export const SELECTORS_FILE = 'selectors.yml';

/** The selectors a project defines by name. */
export interface NamedSelectors {
  readonly selections: ReadonlyMap<string, Selection>;
  /** What holds when neither a selection nor an exclusion is given. */
  readonly defaultName: string | undefined;
}

const NONE: NamedSelectors = { selections: new Map(), defaultName: undefined };

/**
 * Reads `selectors.yml` beside `dbt_project.yml`; its templates see `target`, `env_var` and variables of the command line.
 *
 * @param indirect of terms that do not say themselves.
 * @throws PenstockError `SELECTORS_INVALID` listing every problem.
 */
export async function readSelectors(
  dir: string,
  options: ProjectOptions,
  indirect: IndirectSelection = 'eager',
): Promise<NamedSelectors> {
  const text = await readFile(join(dir, SELECTORS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return NONE;
  const problems = new ProblemList();
  const document = readProjectYaml(SELECTORS_FILE, text, problems, yamlNames(options, {}), () => false);
  const selectors = document === undefined ? NONE : selectorsOf(document, problems, indirect);
  const found = problems.all();
  if (found.length > 0) throw problemsError(found, modelErrors.selectorsInvalid);
  return selectors;
}

function selectorsOf(
  document: YamlDocument,
  problems: ProblemList,
  indirect: IndirectSelection,
): NamedSelectors {
  const entries = document.value['selectors'];
  if (!Array.isArray(entries)) {
    if (Object.keys(document.value).length > 0) problems.add(SELECTORS_FILE, 1, 'selectors: must be a list');
    return NONE;
  }
  const selections = new Map<string, Selection>();
  let defaultName: string | undefined;
  for (const entry of entries) {
    const line = document.lineOf(entry);
    const name = isMapping(entry) ? textOr(entry['name'], '') : '';
    if (!isMapping(entry) || name === '') {
      problems.add(SELECTORS_FILE, line, 'a selector needs a name and a definition');
      continue;
    }
    addSelector(name, entry, line);
  }
  return { selections, defaultName };

  function addSelector(name: string, entry: YamlMapping, line: number): void {
    const fail = (cause: string): void => problems.add(SELECTORS_FILE, line, `${name}: ${cause}`);
    if (entry['default'] === true && defaultName !== undefined) fail(`${defaultName} is the default already`);
    else if (entry['default'] === true) defaultName = name;
    const { definition } = entry;
    if (isMapping(definition) && hasMoreThanGroup(definition)) {
      fail('beside union or intersection nothing stands at its root');
      return;
    }
    try {
      selections.set(name, parseDefinition(definition, { earlier: selections, indirect }));
    } catch (error) {
      if (!(error instanceof PenstockError)) throw error;
      fail(`${String(error.facts['selector'])}: ${String(error.facts['cause'])}`);
    }
  }
}

const hasMoreThanGroup = (definition: YamlMapping): boolean =>
  Object.keys(definition).length > 1 && ('union' in definition || 'intersection' in definition);
