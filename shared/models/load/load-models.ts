import { createHash } from 'node:crypto';
import { addTemplateProblem } from '../compile/macro-library.ts';
import { openRender } from '../compile/render.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import type { RawConfig } from '../project/config-tree.ts';
import { mergeConfig } from '../project/config-tree.ts';
import { readModelConfig } from '../project/model-config.ts';
import type { Call, ModelNode } from '../project/project.ts';
import type { ProjectFile } from '../project/project-files.ts';
import { ProblemList } from '../project/project-problem.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';
import { readSeed } from '../project/seed-file.ts';
import { snapshotProblem } from './check-snapshot.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';
import { identityOf, type NodeIdentity, type NodeVersion, scopeOfIdentity } from './node-identity.ts';
import { databaseOf, relationOf } from './node-relation.ts';
import { parseScope } from './parse-scope.ts';

type UnresolvedModel = Omit<ModelNode, 'refs' | 'sources' | 'calls'>;

/** A node whose calls are recorded but not yet resolved, or one that is disabled. */
export type ParsedModel = { readonly node: UnresolvedModel; readonly calls: readonly Call[] } | DisabledModel;

/** Turned off. It need not even work; then there is nothing to show of it. */
export interface DisabledModel {
  readonly disabled: string;
  readonly shown: { readonly node: UnresolvedModel; readonly calls: readonly Call[] } | undefined;
}

/** Parses a model: configuration from all places, calls, relation. Undefined when broken. */
export function loadModel(
  file: ProjectFile,
  loading: Loading,
  properties = loading.properties.models.get(nameOf(file)),
  version?: NodeVersion,
): ParsedModel | undefined {
  const identity = identityOf(file, 'model', loading.own, version === undefined ? {} : { version });
  return parseSql(identity, file.text, properties, loading);
}

/** Parses a model or snapshot from its template. */
export function parseSql(
  identity: NodeIdentity,
  sql: string,
  properties: ResourceProperties | undefined,
  loading: Loading,
  standing: RawConfig = {},
): ParsedModel | undefined {
  const { environment, problems } = loading;
  const fromYaml = mergeConfig(standing, properties?.config ?? {});
  const config = new NodeConfig(loading, TREES[identity.kind], identity.fqn, fromYaml);
  const calls: Call[] = [];
  const scope: NodeScope = {
    ...scopeOfIdentity(identity),
    get config() {
      return config.raw;
    },
    relation: { schema: loading.scope.target.schema, name: identity.name },
  };
  try {
    const render = openRender(parseScope(loading.scope, scope, calls, (said) => config.declare(said)));
    render.render(environment.parse(sql, identity.file));
    const { declared } = config;
    if (config.raw['enabled'] === false) {
      const node = finish(scope, identity, config.raw, properties, unheard(loading));
      return { disabled: identity.name, shown: { node: { ...node, sql, declared }, calls } };
    }
    const node = finish(scope, identity, config.raw, properties, loading);
    const inFile = calls.splice(0);
    for (const hook of [...node.config.preHooks, ...node.config.postHooks]) {
      render.render(environment.parse(hook, identity.file));
    }
    // Columns within a hook say nothing of where it is written.
    const inHooks = calls.map(({ column: _, ...call }) => call);
    return { node: { ...node, sql, declared }, calls: [...inFile, ...inHooks] };
  } catch (error) {
    if (config.raw['enabled'] === false) return { disabled: identity.name, shown: undefined };
    loading.problems.broken.addNode(identity.name);
    addTemplateProblem(error, identity.file, problems);
    return undefined;
  }
}

/** Loading whose problems nobody is told of. */
const unheard = (loading: Loading): Loading => ({ ...loading, problems: new ProblemList() });

const TREES = { model: 'models', seed: 'seeds', snapshot: 'snapshots' } as const;

/** Reads a seed. Undefined when broken. */
export function loadSeed(file: ProjectFile, loading: Loading): ParsedModel | undefined {
  const identity = identityOf(file, 'seed', loading.own);
  const properties = loading.properties.seeds.get(identity.name);
  const config = new NodeConfig(loading, 'seeds', identity.fqn, properties?.config ?? {});
  const raw = { ...config.raw, materialized: 'seed' };
  const { declared } = config;
  const isDisabled = 'enabled' in raw && raw.enabled === false;
  const relation = { schema: loading.scope.target.schema, name: identity.name };
  const scope: NodeScope = { ...scopeOfIdentity(identity), config: raw, relation };
  try {
    if (isDisabled) {
      const node = finish(scope, identity, raw, properties, unheard(loading));
      return {
        disabled: identity.name,
        shown: { node: { ...node, declared, seedChecksum: seedChecksum(file) }, calls: [] },
      };
    }
    const node = finish(scope, identity, raw, properties, loading);
    const seed = readSeed(file.text, columnTypes(node.config.raw), delimiterOf(raw));
    return { node: { ...node, declared, seed, seedChecksum: seedChecksum(file) }, calls: [] };
  } catch (error) {
    if (isDisabled) return { disabled: identity.name, shown: undefined };
    loading.problems.broken.addNode(identity.name);
    if (error instanceof Error && error.name === 'Error')
      loading.problems.add(identity.file, 1, error.message);
    else addTemplateProblem(error, identity.file, loading.problems);
    return undefined;
  }
}

/** Hashing big files at every start would cost more than it tells (as the original's `MAXIMUM_SEED_SIZE`). */
const MOST_HASHED_BYTES = 1_048_576;

function seedChecksum({ path, text }: ProjectFile): NonNullable<ModelNode['seedChecksum']> {
  if (Buffer.byteLength(text) >= MOST_HASHED_BYTES) return { name: 'path', checksum: path };
  return { name: 'sha256', checksum: createHash('sha256').update(text.trim()).digest('hex') };
}

/** A file's name without its ending: what a model or seed is called. */
export const nameOf = (file: ProjectFile): string =>
  (file.inner.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '');

const delimiterOf = (raw: RawConfig): string => textOr(raw['delimiter'], ',');

function columnTypes(raw: RawConfig): Record<string, string> {
  const types = raw['column_types'];
  if (!isMapping(types)) return {};
  return Object.fromEntries(Object.entries(types).map(([column, type]) => [column, textOr(type, 'text')]));
}

function finish(
  scope: NodeScope,
  identity: NodeIdentity,
  raw: RawConfig,
  properties: ResourceProperties | undefined,
  loading: Loading,
): Omit<ModelNode, 'refs' | 'sources' | 'calls'> {
  const { library, target } = loading.scope;
  const config = readModelConfig(raw, {
    complain: (cause) => loading.problems.add(identity.file, 1, cause),
    hasMaterialization: (name) =>
      library.materialization(name, target.type, identity.packageName) !== undefined,
    hasStrategy: (name) =>
      library.find(`get_incremental_${name.replaceAll('+', '_')}_sql`, identity.packageName) !== undefined,
  });
  const database = databaseOf(scope, loading);
  const lacking = identity.kind === 'snapshot' ? snapshotProblem(raw) : undefined;
  if (lacking !== undefined) loading.problems.add(identity.file, 1, lacking);
  return {
    ...identity,
    sql: '',
    config,
    description: properties?.description ?? '',
    columns: properties?.columns ?? [],
    relation: relationOf(scope, config.schema, config.alias, loading),
    ...(database === undefined ? {} : { database }),
    seed: undefined,
    declared: {},
    properties,
  };
}
