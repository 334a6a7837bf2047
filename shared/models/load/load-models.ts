import type { RelationName } from '#shared/contracts/names.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { namesOf } from '../compile/context.ts';
import { addTemplateProblem } from '../compile/macro-library.ts';
import { openRender } from '../compile/render.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import { configFromTree, mergeConfig, type RawConfig } from '../project/config-tree.ts';
import { readModelConfig } from '../project/model-config.ts';
import type { Call, ModelNode } from '../project/project.ts';
import type { ProjectFile } from '../project/project-files.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { isMapping, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { readSeed } from '../project/seed-file.ts';
import type { Loading } from './loading.ts';
import { parseScope } from './parse-scope.ts';

/** A node whose calls are recorded but not yet resolved. */
export interface ParsedModel {
  readonly node: Omit<ModelNode, 'refs' | 'sources'>;
  readonly calls: readonly Call[];
}

/** Parses a model: configuration from all three places, calls, relation. Undefined when disabled or broken. */
export function loadModel(file: ProjectFile, loading: Loading): ParsedModel | undefined {
  const identity = identityOf(file, 'model', loading.settings.name);
  const properties = loading.properties.models.get(identity.name);
  let raw = configOf(loading.settings.models, identity.fqn, properties);
  if (raw['enabled'] === false) return undefined;
  const calls: Call[] = [];
  const scope: NodeScope = {
    ...identity,
    resourceType: 'model',
    get config() {
      return raw;
    },
    relation: { schema: loading.scope.target.schema, name: identity.name },
  };
  const onConfig = (config: RawConfig): void => {
    raw = mergeConfig(raw, config);
  };
  try {
    const template = loading.environment.parse(file.text, file.path);
    const render = openRender(parseScope(loading.scope, scope, calls, onConfig));
    render.render(template);
    if (raw['enabled'] === false) return undefined;
    const node = finish(scope, identity, 'model', raw, properties, loading);
    for (const hook of [...node.config.preHooks, ...node.config.postHooks]) {
      render.render(loading.environment.parse(hook, file.path));
    }
    return { node: { ...node, sql: file.text }, calls };
  } catch (error) {
    addTemplateProblem(error, file.path, loading.problems);
    return undefined;
  }
}

/** Reads a seed. Undefined when disabled or broken. */
export function loadSeed(file: ProjectFile, loading: Loading): ParsedModel | undefined {
  const identity = identityOf(file, 'seed', loading.settings.name);
  const properties = loading.properties.seeds.get(identity.name);
  const raw = { ...configOf(loading.settings.seeds, identity.fqn, properties), materialized: 'seed' };
  if ('enabled' in raw && raw.enabled === false) return undefined;
  const relation = { schema: loading.scope.target.schema, name: identity.name };
  const scope: NodeScope = { ...identity, resourceType: 'seed', config: raw, relation };
  try {
    const node = finish(scope, identity, 'seed', raw, properties, loading);
    return { node: { ...node, seed: readSeed(file.text, columnTypes(node.config.raw)) }, calls: [] };
  } catch (error) {
    if (error instanceof Error && error.name === 'Error') loading.problems.add(file.path, 1, error.message);
    else addTemplateProblem(error, file.path, loading.problems);
    return undefined;
  }
}

interface Identity {
  readonly name: string;
  readonly file: string;
  readonly fqn: readonly string[];
  readonly layer: string;
}

function identityOf(file: ProjectFile, kind: 'model' | 'seed', project: string): Identity {
  const folders = file.inner.split('/');
  const name = (folders.pop() ?? '').replace(/\.[^.]+$/, '');
  const layer = kind === 'seed' ? 'seeds' : (folders[0] ?? '');
  return { name, file: file.path, fqn: [project, ...folders, name], layer };
}

function configOf(
  tree: YamlMapping,
  fqn: readonly string[],
  properties: ResourceProperties | undefined,
): RawConfig {
  return mergeConfig(configFromTree(tree, fqn), properties?.config ?? {});
}

function columnTypes(raw: RawConfig): Record<string, string> {
  const types = raw['column_types'];
  if (!isMapping(types)) return {};
  return Object.fromEntries(Object.entries(types).map(([column, type]) => [column, textOr(type, 'text')]));
}

function finish(
  scope: NodeScope,
  identity: Identity,
  kind: 'model' | 'seed',
  raw: RawConfig,
  properties: ResourceProperties | undefined,
  loading: Loading,
): Omit<ModelNode, 'refs' | 'sources'> {
  const config = readModelConfig(raw, (cause) => loading.problems.add(identity.file, 1, cause));
  return {
    kind,
    ...identity,
    sql: '',
    config,
    description: properties?.description ?? '',
    columns: properties?.columns ?? [],
    relation: relationOf(scope, config.schema, config.alias, loading),
    seed: undefined,
  };
}

/** Schema and name by the project's own rules: `generate_schema_name` and `generate_alias_name` may be overridden. */
function relationOf(
  scope: NodeScope,
  customSchema: string | undefined,
  customAlias: string | undefined,
  loading: Loading,
): RelationName {
  const parse = parseScope(loading.scope, scope, [], undefined);
  const names = namesOf(parse);
  const node = fromHost({
    name: scope.name,
    resource_type: scope.resourceType,
    fqn: [...scope.fqn],
    config: scope.config,
    package_name: loading.settings.name,
    original_file_path: scope.file,
  });
  const call = (macro: string, argument: string, custom: string | undefined): string => {
    const kwargs = new Map([
      [argument, custom ?? null],
      ['node', node],
    ]);
    const text = loading.scope.library.call(macro, kwargs, names);
    return typeof text === 'string' ? text.trim() : '';
  };
  return {
    schema: call('generate_schema_name', 'custom_schema_name', customSchema),
    name: call('generate_alias_name', 'custom_alias_name', customAlias),
  };
}
