import { byVersion } from '../project/by-version.ts';
import { listOf, mergeConfig } from '../project/config-tree.ts';
import type { ProblemList } from '../project/project-problem.ts';
import {
  columnInTests,
  type DeclaredTest,
  type ResourceProperties,
  readColumn,
  testsOf,
} from '../project/properties.ts';
import { mappingOf, mappingsIn, textOr, type YamlMapping } from '../project/read-yaml.ts';
import type { NodeVersion } from './node-identity.ts';

/** A version of a model as YAML declares it, and the files it may be in, the first that exists counts. */
export interface DeclaredVersion extends NodeVersion {
  readonly fileNames: readonly string[];
  readonly properties: ResourceProperties;
  /** The version's own entry. */
  readonly own: YamlMapping;
}

/** Versions of a model, none for one without `versions:`. */
export function versionsOf(properties: ResourceProperties): DeclaredVersion[] {
  const { entry, name } = properties;
  const declared = mappingsIn(entry['versions']);
  const versions = declared.map((version) => textOr(version['v'], ''));
  const latest = textOr(entry['latest_version'], '') || versions.toSorted(byVersion).at(-1);
  return declared.map((version, index) => {
    const written = versions[index] ?? '';
    const definedIn = textOr(version['defined_in'], '');
    const isLatest = written === latest;
    const usual = [`${name}_v${written}`, `${name}.v${written}`, ...(isLatest ? [name] : [])];
    return {
      name,
      version: written,
      isLatest,
      fileNames: definedIn ? [definedIn] : usual,
      properties: ofVersion(properties, version),
      own: version,
    };
  });
}

/** What a version says over its model; `columns` may take the model's by `include` and `exclude`. */
function ofVersion(base: ResourceProperties, version: YamlMapping): ResourceProperties {
  const config = mappingOf(version['config']);
  const alias = textOr(version['alias'], '');
  return {
    ...base,
    description: textOr(version['description'], base.description),
    columns: columnsOf(base, version),
    config: mergeConfig(base.config, alias ? { alias, ...config } : config),
    // A version is deprecated by what it says itself alone, as in the original.
    entry: { ...base.entry, deprecation_date: null, ...version },
  };
}

function columnsOf(base: ResourceProperties, version: YamlMapping): ResourceProperties['columns'] {
  if (version['columns'] === undefined) return base.columns;
  const entries = mappingsIn(version['columns']);
  const rule = entries.find((entry) => entry['include'] !== undefined || entry['exclude'] !== undefined);
  const own = entries.filter((entry) => entry !== rule).map(readColumn);
  const excluded = new Set([...listOf(rule?.['exclude']), ...own.map(({ name }) => name)]);
  const included = rule?.['include'] ?? (rule === undefined ? '*' : []);
  const isIncluded = (name: string): boolean =>
    included === '*' || included === 'all' || listOf(included).includes(name);
  return [...base.columns.filter(({ name }) => isIncluded(name) && !excluded.has(name)), ...own];
}

/**
 * Tests of one version: its own where it has any, else the model's; those of the columns it takes over and of its own columns
 * (`contracts/graph/unparsed.py`, `get_tests_for_version`, `get_columns_for_version`).
 */
export function testsOfVersion(
  base: ResourceProperties,
  { own, properties }: DeclaredVersion,
  problems: ProblemList,
): readonly DeclaredTest[] {
  const document = { file: base.file, value: own, lineOf: () => base.line };
  const has = own['tests'] !== undefined || own['data_tests'] !== undefined;
  const ofModel = base.tests.filter(({ column }) => column === undefined);
  const kept = new Set(properties.columns.map(({ entry }) => entry));
  const inherited = base.columns
    .filter(({ entry }) => kept.has(entry))
    .map(({ entry }) => columnInTests(entry));
  const declared = mappingsIn(own['columns']).filter((entry) => entry['name'] !== undefined);
  return [
    ...(has ? testsOf(document, own, undefined, problems) : ofModel),
    ...base.tests.filter(({ column }) => column !== undefined && inherited.includes(column)),
    ...declared.flatMap((entry) => testsOf(document, entry, columnInTests(entry), problems)),
  ];
}
