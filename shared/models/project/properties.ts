import { listOf, mergeConfig, type RawConfig } from './config-tree.ts';
import type { SemanticEntry } from './other-resources.ts';
import type { ProblemList } from './project-problem.ts';
import {
  isMapping,
  mappingOf,
  mappingsIn,
  textOr,
  type YamlDocument,
  type YamlMapping,
} from './read-yaml.ts';

/** A generic test as declared on a model, seed, source table or one of their columns. */
export interface DeclaredTest {
  /** Name of the test macro, e.g. `not_null`. */
  readonly test: string;
  /** Name given by the author, else undefined. */
  readonly name: string | undefined;
  readonly column: string | undefined;
  readonly args: YamlMapping;
  readonly config: RawConfig;
  readonly description: string;
  readonly file: string;
  readonly line: number;
}

export interface ColumnProperties {
  readonly name: string;
  readonly description: string;
  readonly dataType: string | undefined;
  /** The whole entry, for what only some readers need: `quote`, `tags`, `meta`, `constraints`, … */
  readonly entry: YamlMapping;
}

/** What YAML says of one model, seed, snapshot or source table. */
export interface ResourceProperties {
  readonly name: string;
  /** The whole entry, for what only some readers need: `access`, `group`, `constraints`, `versions`, … */
  readonly entry: YamlMapping;
  readonly description: string;
  readonly config: RawConfig;
  readonly columns: readonly ColumnProperties[];
  readonly tests: readonly DeclaredTest[];
  readonly file: string;
  readonly line: number;
}

export interface SourceProperties extends ResourceProperties {
  readonly source: string;
  /** As written; undefined means the source's name. */
  readonly schema: string | undefined;
  readonly database: string | undefined;
  readonly identifier: string;
  /** The source's own entry: `loader`, `freshness`, `quoting`, `description`, … */
  readonly sourceEntry: YamlMapping;
}

/** Properties of all YAML files together. */
export interface ProjectProperties {
  readonly models: Map<string, ResourceProperties>;
  readonly seeds: Map<string, ResourceProperties>;
  readonly snapshots: Map<string, ResourceProperties>;
  /** By `source.table`. */
  readonly sources: Map<string, SourceProperties>;
  readonly exposures: Map<string, ResourceProperties>;
  readonly analyses: Map<string, ResourceProperties>;
  readonly macros: Map<string, ResourceProperties>;
  readonly groups: Map<string, ResourceProperties>;
  /** Of singular tests, by name. */
  readonly dataTests: Map<string, ResourceProperties>;
  /** By `model.name`. */
  readonly unitTests: Map<string, ResourceProperties>;
  /** Entries for a semantic layer, as written. */
  readonly semantic: Omit<SemanticEntry, 'packageName'>[];
}

export const emptyProperties = (): ProjectProperties => ({
  models: new Map(),
  seeds: new Map(),
  snapshots: new Map(),
  sources: new Map(),
  exposures: new Map(),
  analyses: new Map(),
  macros: new Map(),
  groups: new Map(),
  dataTests: new Map(),
  unitTests: new Map(),
  semantic: [],
});

/** Lists of a YAML file whose entries are described in the same way, and where they are kept. */
const LISTS = [
  ['models', 'models'],
  ['seeds', 'seeds'],
  ['snapshots', 'snapshots'],
  ['exposures', 'exposures'],
  ['analyses', 'analyses'],
  ['macros', 'macros'],
  ['groups', 'groups'],
  ['data_tests', 'dataTests'],
] as const;

const SEMANTIC = ['semantic_models', 'metrics', 'saved_queries'] as const;

/** Adds what one YAML file declares. The same resource declared twice is a problem. */
export function collectProperties(
  document: YamlDocument,
  into: ProjectProperties,
  problems: ProblemList,
): void {
  for (const [list, kind] of LISTS) {
    for (const entry of mappingsIn(document.value[list])) {
      const properties = readResource(document, entry, problems);
      if (properties) addOnce(into[kind], properties.name, properties, problems);
    }
  }
  for (const entry of mappingsIn(document.value['unit_tests'])) {
    const properties = readResource(document, entry, problems);
    if (properties)
      addOnce(into.unitTests, `${textOr(entry['model'], '')}.${properties.name}`, properties, problems);
  }
  for (const source of mappingsIn(document.value['sources'])) collectSource(document, source, into, problems);
  for (const kind of SEMANTIC) {
    for (const entry of mappingsIn(document.value[kind]))
      into.semantic.push({ kind, file: document.file, line: document.lineOf(entry), entry });
  }
}

function collectSource(
  document: YamlDocument,
  source: YamlMapping,
  into: ProjectProperties,
  problems: ProblemList,
): void {
  const name = textOr(source['name'], '');
  if (!name) problems.add(document.file, document.lineOf(source), 'a source has no name');
  for (const table of mappingsIn(source['tables'])) {
    const properties = readResource(document, table, problems);
    if (!properties) continue;
    addOnce(
      into.sources,
      `${name}.${properties.name}`,
      {
        ...properties,
        config: mergeConfig(configOf(source), properties.config),
        source: name,
        schema: textOr(source['schema'], '') || undefined,
        database: textOr(source['database'], '') || undefined,
        sourceEntry: source,
        identifier: textOr(table['identifier'], properties.name),
      },
      problems,
    );
  }
}

function addOnce<T extends ResourceProperties>(
  map: Map<string, T>,
  key: string,
  properties: T,
  problems: ProblemList,
): void {
  const earlier = map.get(key);
  if (earlier) {
    problems.add(
      properties.file,
      properties.line,
      `${key} is already declared at ${earlier.file}:${earlier.line}`,
    );
  } else map.set(key, properties);
}

function readResource(
  document: YamlDocument,
  entry: YamlMapping,
  problems: ProblemList,
): ResourceProperties | undefined {
  const line = document.lineOf(entry);
  const name = textOr(entry['name'], '');
  if (!name) {
    problems.add(document.file, line, 'an entry has no name');
    return undefined;
  }
  const columns = mappingsIn(entry['columns']);
  return {
    name,
    entry,
    description: textOr(entry['description'], ''),
    config: configOf(entry),
    columns: columns.map(readColumn),
    tests: [
      ...testsOf(document, entry, undefined, problems),
      ...columns.flatMap((column) => testsOf(document, column, columnInTests(column), problems)),
    ],
    file: document.file,
    line,
  };
}

/** What tests are given as `column_name`: quoted where the column says so, as in the original. */
export function columnInTests(column: YamlMapping): string {
  const name = textOr(column['name'], '');
  return column['quote'] === true ? `"${name.replaceAll('"', '""')}"` : name;
}

export function configOf(entry: YamlMapping): RawConfig {
  const config = mappingOf(entry['config']);
  const { tags, meta } = entry;
  return mergeConfig(
    { ...(tags === undefined ? {} : { tags }), ...(meta === undefined ? {} : { meta }) },
    config,
  );
}

export function readColumn(column: YamlMapping): ColumnProperties {
  return {
    name: textOr(column['name'], ''),
    description: textOr(column['description'], ''),
    dataType: textOr(column['data_type'], '') || undefined,
    entry: column,
  };
}

export function testsOf(
  document: YamlDocument,
  entry: YamlMapping,
  column: string | undefined,
  problems: ProblemList,
): DeclaredTest[] {
  const declared = [...listOf(entry['tests']), ...listOf(entry['data_tests'])];
  return declared.flatMap((test) => readTest(document, test, column, document.lineOf(entry), problems));
}

/** Settings a test may carry beside its arguments, in either place. */
const TEST_SETTINGS = new Set([
  'severity',
  'where',
  'limit',
  'warn_if',
  'error_if',
  'fail_calc',
  'tags',
  'enabled',
  'meta',
  'store_failures',
  'store_failures_as',
  'database',
  'schema',
  'alias',
]);

function readTest(
  document: YamlDocument,
  declared: unknown,
  column: string | undefined,
  nearLine: number,
  problems: ProblemList,
): DeclaredTest[] {
  const { file } = document;
  if (typeof declared === 'string') {
    const bare = { name: undefined, column, args: {}, config: {}, description: '', file, line: nearLine };
    return [{ test: declared, ...bare }];
  }
  const line = document.lineOf(declared);
  const [test, body] = testAndBody(declared);
  if (test === undefined) {
    problems.add(file, line, 'a test is neither a name nor a mapping with one name');
    return [];
  }
  const args: Record<string, unknown> = isMapping(body['arguments']) ? { ...body['arguments'] } : {};
  const config: Record<string, unknown> = isMapping(body['config']) ? { ...body['config'] } : {};
  for (const [key, value] of Object.entries(body)) {
    if (TEST_SETTINGS.has(key)) config[key] = value;
    else if (!['name', 'config', 'arguments', 'description', 'doc_blocks'].includes(key)) args[key] = value;
  }
  const description = textOr(body['description'], '');
  return [
    { test, name: textOr(body['name'], '') || undefined, column, args, config, description, file, line },
  ];
}

/** Two spellings: `{accepted_values: {…}}` and `{test_name: accepted_values, …}`. */
function testAndBody(declared: unknown): [string | undefined, YamlMapping] {
  if (!isMapping(declared)) return [undefined, {}];
  const { test_name: named, ...rest } = declared;
  if (typeof named === 'string') return [named, rest];
  const [[name, body] = [undefined, undefined], ...others] = Object.entries(declared);
  return name === undefined || others.length > 0 ? siblingSettings(declared) : [name, mappingOf(body)];
}

/** A test with settings beside it rather than below it: `{not_null: {}, config: {…}}`. */
function siblingSettings(declared: YamlMapping): [string | undefined, YamlMapping] {
  const { config, name: given, ...rest } = declared;
  const [[name, body] = [undefined, undefined], ...others] = Object.entries(rest);
  if (name === undefined || others.length > 0) return [undefined, {}];
  return [name, { ...mappingOf(body), config, ...(given === undefined ? {} : { name: given }) }];
}
