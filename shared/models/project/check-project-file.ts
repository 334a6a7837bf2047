import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseVersion } from '../packages/version.ts';
import { isWithin, parseBounds } from '../packages/version-range.ts';
import { lineOfKey } from './line-of-key.ts';
import { ProblemList, type ProjectProblem } from './project-problem.ts';
import { SETTINGS_FILE } from './project-settings.ts';
import { readYaml, textOr } from './read-yaml.ts';
import { SUPPORTED_VERSION } from './supported-version.ts';

/** Keys of the original's `Project` contract, with names of earlier versions. */
const KNOWN = new Set([
  ...[
    'name',
    'config-version',
    'version',
    'project-root',
    'profile',
    'require-dbt-version',
    'dispatch',
    'vars',
  ],
  ...[
    'model-paths',
    'macro-paths',
    'seed-paths',
    'test-paths',
    'analysis-paths',
    'docs-paths',
    'asset-paths',
  ],
  ...[
    'snapshot-paths',
    'function-paths',
    'source-paths',
    'data-paths',
    'target-path',
    'log-path',
    'modules-path',
  ],
  ...[
    'clean-targets',
    'packages-install-path',
    'quoting',
    'on-run-start',
    'on-run-end',
    'query-comment',
    'flags',
  ],
  ...['models', 'seeds', 'snapshots', 'sources', 'tests', 'data_tests', 'unit_tests', 'exposures', 'metrics'],
  ...[
    'semantic-models',
    'saved-queries',
    'functions',
    'analyses',
    'packages',
    'restrict-access',
    'dbt-cloud',
  ],
  ...['anchors', 'static-analysis', 'macros', 'semantic_models', 'saved_queries', 'ai-context'],
]);

/**
 * Checks what a project file says about itself: the versions it needs, its format, its keys.
 *
 * @param shown path of the folder in messages, `''` for the project itself.
 * @param checksVersion false passes over `require-dbt-version`.
 * @returns what is probably wrong but stops nothing; what stops is added to `problems`.
 */
export async function checkProjectFile(
  dir: string,
  shown: string,
  checksVersion: boolean,
  problems: ProblemList,
): Promise<ProjectProblem[]> {
  const file = `${shown}${SETTINGS_FILE}`;
  const text = await readFile(join(dir, SETTINGS_FILE), 'utf8').catch(() => '');
  // That it cannot be read is told by whoever reads the settings.
  const value = readYaml(file, text, new ProblemList())?.value;
  if (value === undefined) return [];
  const lineOf = (key: string) => lineOfKey(text, 1, key);
  const format = value['config-version'];
  if (format !== undefined && textOr(format, '') !== '2' && !/\{\{/.test(textOr(format, '')))
    problems.add(file, lineOf('config-version'), 'config-version: must be 2');
  if (checksVersion)
    checkVersion(value['require-dbt-version'], (cause) =>
      problems.add(file, lineOf('require-dbt-version'), cause),
    );
  return Object.keys(value)
    .filter((key) => !KNOWN.has(key))
    .map((key) => ({ file, line: lineOf(key), cause: `${key}: nothing reads this` }));
}

function checkVersion(value: unknown, problem: (cause: string) => void): void {
  if (value === undefined || value === null) return;
  const texts = (Array.isArray(value) ? value : [value]).map((one) => textOr(one, ''));
  if (texts.some((text) => text.includes('{{'))) return;
  const { bounds, invalid } = parseBounds(texts);
  for (const text of invalid) problem(`require-dbt-version: ${text} is no version such as >=1.0.0`);
  const supported = parseVersion(SUPPORTED_VERSION);
  if (invalid.length > 0 || supported === undefined || isWithin(supported, bounds)) return;
  const wanted = bounds.map((bound) => bound.text).join(', ');
  problem(
    `require-dbt-version: ${wanted} leaves out ${SUPPORTED_VERSION}, up to which projects are run here`,
  );
}
