import { collectNames } from '#shared/template/analysis/collect-names.ts';
import type { NodeNames } from '../project/node-names.ts';
import type { UnitTestInput, UnitTestNode } from '../project/other-resources.ts';
import type { ModelNode } from '../project/project.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { mappingOf, mappingsIn, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { callsOfExpression } from './expression-calls.ts';
import { type FixtureFiles, readFixture, readFixtures } from './fixture-rows.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';

/** What resolving unit tests asks of the whole project. */
export interface UnitTestScope {
  readonly names: NodeNames;
  readonly models: ReadonlyMap<string, ModelNode>;
}

/** Unit tests of one package, and those that are turned off, or whose model is. */
export interface LoadedUnitTests {
  readonly unitTests: readonly UnitTestNode[];
  readonly disabled: readonly UnitTestNode[];
}

/** Reads the unit tests of a package once all models are known; one of a model with versions is a test of each. */
export async function loadUnitTests(loading: Loading, scope: UnitTestScope): Promise<LoadedUnitTests> {
  const unitTests: UnitTestNode[] = [];
  const disabled: UnitTestNode[] = [];
  const files = loading.properties.unitTests.size === 0 ? new Map() : await readFixtures(loading);
  for (const declared of loading.properties.unitTests.values()) {
    const complain = (cause: string): void => loading.problems.add(declared.file, declared.line, cause);
    try {
      const { node, isDisabled } = readUnitTest(declared, loading, files, scope);
      if (isDisabled) disabled.push(node);
      else unitTests.push(...ofModels(node, declared, loading, scope));
    } catch (error) {
      complain(`unit test "${declared.name}": ${reasonOf(error)}`);
    }
  }
  return { unitTests, disabled };
}

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && 'problem' in error && typeof error.problem === 'string') return error.problem;
  if (error instanceof Error && error.name === 'Error') return error.message;
  throw error;
};

function readUnitTest(
  declared: ResourceProperties,
  loading: Loading,
  files: FixtureFiles,
  scope: UnitTestScope,
): { readonly node: UnitTestNode; readonly isDisabled: boolean } {
  const { own } = loading;
  const { name, file, line, entry, description } = declared;
  const modelName = textOr(entry['model'], '');
  const folders = file.slice(own.shown.length).split('/').slice(1, -1);
  const fqn = [own.name, ...folders, modelName, name];
  const uniqueId = `unit_test.${own.name}.${modelName}.${name}`;
  const { raw: config } = new NodeConfig(loading, 'unitTests', fqn, declared.config);
  const node: UnitTestNode = {
    ...{ uniqueId, packageName: own.name, name, model: '', modelName, version: undefined, description },
    ...{ config, fqn, file, line, refs: [], sources: [], entry },
    given: mappingsIn(entry['given']).map((given) =>
      readInput(given, { name, uniqueId, fqn, file, line }, loading, files, scope),
    ),
    expect: readFixture(mappingOf(entry['expect']), files),
    overrides: overridesOf(entry['overrides']),
  };
  return { node, isDisabled: config['enabled'] === false };
}

function readInput(
  given: YamlMapping,
  caller: Parameters<typeof callsOfExpression>[1],
  loading: Loading,
  files: FixtureFiles,
  { names, models }: UnitTestScope,
): UnitTestInput {
  const input = textOr(given['input'], '').trim();
  if (input === 'this') return { input, kind: 'this', key: undefined, rows: readFixture(given, files) };
  const [call] = callsOfExpression(input, caller, loading);
  if (call === undefined) throw new Error(`input: "${input}" is no ref(), source() or this`);
  const { kind, args, version } = call;
  const from = loading.own.name;
  const found = kind === 'ref' ? names.ref(args, version, from) : names.source(args.join('.'), from);
  const key = 'key' in found ? found.key : undefined;
  const seed = kind === 'ref' && key !== undefined ? models.get(key)?.seed : undefined;
  // Blank cells of a seed's file are empty text here, unlike in the seed's table and in fixtures.
  const rowsOfSeed = () =>
    seed?.rows.map((row) =>
      Object.fromEntries(seed.columns.map((column, at) => [column.name, row[at] ?? ''])),
    );
  return { input, kind, key, rows: readFixture(given, files, rowsOfSeed) };
}

function overridesOf(value: unknown): UnitTestNode['overrides'] {
  const overrides = mappingOf(value);
  const of = (key: string): YamlMapping => {
    const entry = overrides[key];
    return mappingOf(entry);
  };
  return { macros: of('macros'), vars: of('vars'), envVars: of('env_vars') };
}

/** The test as one of its model, or of each version that `versions` means. */
function ofModels(
  node: UnitTestNode,
  declared: ResourceProperties,
  loading: Loading,
  { names, models }: UnitTestScope,
): UnitTestNode[] {
  const [wanted = '', wantedVersion] = node.modelName.split(/\s+/);
  const found = names.ref([node.packageName, wanted], wantedVersion, node.packageName);
  const model = 'key' in found ? models.get(found.key) : undefined;
  if (model === undefined) {
    // The test of a model that is turned off goes with it.
    if (names.isDisabled(wanted)) return [];
    throw new Error(`there is no model "${node.modelName}"`);
  }
  const versions = versionsOf(node, model, mappingOf(declared.entry['versions']), models);
  return versions.map((one) => {
    checkIncremental(node, one, loading);
    const version = one.version === undefined ? {} : { version: one.version };
    const uniqueId = one.version === undefined ? node.uniqueId : `${node.uniqueId}_v${one.version}`;
    return { ...node, ...version, uniqueId, model: one.key, refs: [one.key] };
  });
}

function versionsOf(
  { name }: UnitTestNode,
  model: ModelNode,
  rule: YamlMapping,
  models: ReadonlyMap<string, ModelNode>,
): ModelNode[] {
  const listed = (key: string): string[] | undefined =>
    Array.isArray(rule[key]) ? rule[key].map((one) => textOr(one, '')) : undefined;
  const [include, exclude] = [listed('include'), listed('exclude')];
  if (model.version === undefined) {
    if (include !== undefined || exclude !== undefined)
      throw new Error(`versions are named, but model "${model.name}" has none`);
    return [model];
  }
  const all = [...models.values()].filter(
    (one) => one.name === model.name && one.packageName === model.packageName && one.kind === 'model',
  );
  const kept = all.filter(({ version = '' }) =>
    exclude === undefined ? (include?.includes(version) ?? true) : !exclude.includes(version),
  );
  if (kept.length === 0) throw new Error(`"${name}" names no version that "${model.name}" has`);
  return kept;
}

/** A model that asks whether it is incremental has to be told, and then has to have rows of its own. */
function checkIncremental(
  { name, given, overrides }: UnitTestNode,
  model: ModelNode,
  { environment }: Loading,
): void {
  if (!model.sql.includes('is_incremental')) return;
  if (!collectNames(environment.parse(model.sql, model.file)).has('is_incremental')) return;
  const told = overrides.macros['is_incremental'];
  if (typeof told !== 'boolean')
    throw new Error(`"${model.name}" asks is_incremental(): override it by true or false`);
  if (told && !given.some(({ kind }) => kind === 'this'))
    throw new Error(`"${name}" takes "${model.name}" as incremental: it needs rows for the input this`);
}
