import { listOf, type RawConfig } from './config-tree.ts';
import { isMapping, textOr } from './read-yaml.ts';

/** `view`, `table`, `incremental`, `ephemeral`, `seed`, `snapshot`, `materialized_view`, or one a project brings. */
export type Materialization = string;
export type IncrementalStrategy = 'append' | 'merge' | 'delete+insert';
export type OnSchemaChange = 'ignore' | 'fail' | 'append_new_columns' | 'sync_all_columns';

export interface IndexConfig {
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** Access method, default `btree`. */
  readonly type: string;
}

/** Configuration of one model or seed, checked. `raw` keeps everything, also what this engine does not read. */
export interface ModelConfig {
  readonly materialized: Materialization;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly schema: string | undefined;
  readonly alias: string | undefined;
  /** Columns or expressions that together identify a row; empty for none. */
  readonly uniqueKey: readonly string[];
  readonly incrementalStrategy: IncrementalStrategy;
  readonly mergeUpdateColumns: readonly string[] | undefined;
  readonly mergeExcludeColumns: readonly string[];
  /** Bronze: column whose bytewise larger value is newer, and the hash that says whether a row differs. */
  readonly versionColumn: string | undefined;
  readonly hashColumn: string | undefined;
  readonly onSchemaChange: OnSchemaChange;
  readonly indexes: readonly IndexConfig[];
  /** Not crash-safe: empty after a database crash. Refused for incremental models. */
  readonly unlogged: boolean;
  /** Roles by privilege, added to what the published table already grants. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
  readonly persistRelationDocs: boolean;
  readonly persistColumnDocs: boolean;
  /** Templates, run in the transaction of the build. */
  readonly preHooks: readonly string[];
  readonly postHooks: readonly string[];
  /** `false` refuses a full refresh of this model, `true` always rebuilds it. */
  readonly fullRefresh: boolean | undefined;
  readonly raw: RawConfig;
}

const STRATEGIES = ['append', 'merge', 'delete+insert'] as const;
const SCHEMA_CHANGES = ['ignore', 'fail', 'append_new_columns', 'sync_all_columns'] as const;

const BUILT_IN = new Set([
  'view',
  'table',
  'incremental',
  'ephemeral',
  'seed',
  'snapshot',
  'materialized_view',
]);

/** What checking a configuration asks for. */
export interface ConfigCheck {
  /** Receives each problem in words. */
  readonly complain: (cause: string) => void;
  /** The project brings one of this name. */
  readonly hasMaterialization: (name: string) => boolean;
}

/**
 * Checks raw configuration.
 *
 * @param raw merged from project tree, properties and `config()`; keys with underscores.
 */
export function readModelConfig(raw: RawConfig, { complain, hasMaterialization }: ConfigCheck): ModelConfig {
  const materialized = textOr(raw['materialized'], 'view');
  if (!BUILT_IN.has(materialized) && !hasMaterialization(materialized))
    complain(`materialized: "${materialized}" is neither built in nor a materialization of this project`);
  const uniqueKey = texts(raw['unique_key']);
  const unlogged = raw['unlogged'] === true;
  if (unlogged && materialized === 'incremental') {
    complain('unlogged: refused for an incremental model, whose rows could not be rebuilt after a crash');
  }
  return {
    materialized,
    enabled: raw['enabled'] !== false,
    tags: texts(raw['tags']),
    schema: optionalText(raw['schema']),
    alias: optionalText(raw['alias']),
    ...readIncremental(raw, uniqueKey, complain),
    indexes: listOf(raw['indexes']).flatMap((entry) => readIndex(entry, complain)),
    unlogged,
    grants: readGrants(raw['grants']),
    ...readPersistDocs(raw['persist_docs']),
    preHooks: listOf(raw['pre_hook']).map(readHook),
    postHooks: listOf(raw['post_hook']).map(readHook),
    fullRefresh: typeof raw['full_refresh'] === 'boolean' ? raw['full_refresh'] : undefined,
    raw,
  };
}

function readIncremental(raw: RawConfig, uniqueKey: readonly string[], complain: (cause: string) => void) {
  const fallback = uniqueKey.length > 0 ? 'merge' : 'append';
  const incrementalStrategy = oneOf(raw, 'incremental_strategy', STRATEGIES, fallback, complain);
  if (incrementalStrategy !== 'append' && uniqueKey.length === 0 && raw['materialized'] === 'incremental') {
    complain(`incremental_strategy "${incrementalStrategy}" needs unique_key`);
  }
  const mergeUpdateColumns = raw['merge_update_columns'];
  if (mergeUpdateColumns && raw['merge_exclude_columns']) {
    complain('merge_update_columns and merge_exclude_columns exclude each other');
  }
  if (Boolean(raw['version_column']) !== Boolean(raw['hash_column'])) {
    complain('version_column and hash_column need each other');
  }
  return {
    uniqueKey,
    incrementalStrategy,
    mergeUpdateColumns: mergeUpdateColumns ? texts(mergeUpdateColumns) : undefined,
    mergeExcludeColumns: texts(raw['merge_exclude_columns']),
    versionColumn: optionalText(raw['version_column']),
    hashColumn: optionalText(raw['hash_column']),
    // A column that joins a contract belongs in bronze; elsewhere the original's default holds.
    onSchemaChange: oneOf(
      raw,
      'on_schema_change',
      SCHEMA_CHANGES,
      raw['version_column'] ? 'append_new_columns' : 'ignore',
      complain,
    ),
  };
}

function readIndex(entry: unknown, complain: (cause: string) => void): IndexConfig[] {
  const columns = isMapping(entry) ? texts(entry['columns']) : [];
  if (!isMapping(entry) || columns.length === 0) {
    complain('indexes: each entry needs columns');
    return [];
  }
  const type = textOr(entry['type'], 'btree');
  if (!/^[a-z_]+$/.test(type)) complain('indexes: type must be the name of an access method');
  return [{ columns, unique: entry['unique'] === true, type }];
}

function readGrants(value: unknown): Record<string, readonly string[]> {
  if (!isMapping(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([privilege, roles]) => [privilege.replace(/^\+/, ''), texts(roles)]),
  );
}

function readPersistDocs(value: unknown) {
  const docs = isMapping(value) ? value : {};
  return { persistRelationDocs: docs['relation'] === true, persistColumnDocs: docs['columns'] === true };
}

function readHook(entry: unknown): string {
  return isMapping(entry) ? textOr(entry['sql'], '') : textOr(entry, '');
}

function oneOf<T extends string>(
  raw: RawConfig,
  key: string,
  allowed: readonly T[],
  fallback: T,
  complain: (cause: string) => void,
): T {
  const value = raw[key];
  if (value === undefined || value === null) return fallback;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    complain(`${key}: "${textOr(value, 'a list or mapping')}" is none of ${allowed.join(', ')}`);
  return found ?? fallback;
}

const texts = (value: unknown): string[] =>
  listOf(value)
    .map((entry) => textOr(entry, ''))
    .filter(Boolean);

const optionalText = (value: unknown): string | undefined => textOr(value, '') || undefined;
