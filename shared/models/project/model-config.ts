import { listOf, type RawConfig } from './config-tree.ts';
import { checkPartitioned, type RangePartitions, readRangePartitions } from './range-partitions.ts';
import { isMapping, mappingOf, textOr } from './read-yaml.ts';

/** `view`, `table`, `incremental`, `ephemeral`, `seed`, `snapshot`, `materialized_view`, or one a project brings. */
export type Materialization = string;
/** `other` is one that only a macro knows, e.g. `microbatch`. */
export type IncrementalStrategy = 'append' | 'merge' | 'delete+insert' | 'other';
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
  /** Tables and incremental models in partitions by date; undefined for one table. */
  readonly partitions: RangePartitions | undefined;
  /** An incremental model whose every run replaces the partitions that its rows lie in, whole. */
  readonly overwrites: boolean;
  /**
   * An incremental model that keeps nothing its inputs do not have: a pipeline builds it whole when its SQL changed, or an input other than
   * by a merge. Default for one that overwrites.
   */
  readonly rebuildable: boolean;
  /** Not crash-safe: empty after a database crash. A pipeline refuses it for incremental models that do not overwrite. */
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

/** Anything else is `ignore`, without a word, as in the original. */
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
  /** A macro builds the statement of an incremental strategy of this name. */
  readonly hasStrategy: (name: string) => boolean;
}

/**
 * Checks raw configuration.
 *
 * @param raw merged from project tree, properties and `config()`; keys with underscores.
 */
export function readModelConfig(raw: RawConfig, check: ConfigCheck): ModelConfig {
  const { complain, hasMaterialization } = check;
  const materialized = textOr(raw['materialized'], 'view');
  if (!BUILT_IN.has(materialized) && !hasMaterialization(materialized))
    complain(`materialized: "${materialized}" is neither built in nor a materialization of this project`);
  const uniqueKey = texts(raw['unique_key']);
  const indexes = listOf(raw['indexes']).flatMap((entry) => readIndex(entry, complain));
  return {
    materialized,
    enabled: raw['enabled'] !== false,
    tags: texts(raw['tags']),
    schema: optionalText(raw['schema']),
    alias: optionalText(raw['alias']),
    ...readIncremental(raw, uniqueKey, check),
    indexes,
    ...readOverwriting(raw, materialized, readPartitions(raw, materialized, indexes, uniqueKey, complain)),
    // Of a seed the original makes a plain table in any case.
    unlogged: raw['unlogged'] === true && materialized !== 'seed',
    grants: readGrants(raw['grants']),
    ...readPersistDocs(raw['persist_docs']),
    preHooks: listOf(raw['pre_hook']).map(readHook),
    postHooks: listOf(raw['post_hook']).map(readHook),
    fullRefresh: typeof raw['full_refresh'] === 'boolean' ? raw['full_refresh'] : undefined,
    raw,
  };
}

/** Views and the like have rows of no table: for them the key says nothing, so that a tree of models may share it. */
function readPartitions(
  raw: RawConfig,
  materialized: Materialization,
  indexes: readonly IndexConfig[],
  uniqueKey: readonly string[],
  complain: (cause: string) => void,
): RangePartitions | undefined {
  if (materialized !== 'table' && materialized !== 'incremental') return undefined;
  const partitions = readRangePartitions(raw['partition_by'], complain);
  if (partitions === undefined) return undefined;
  const uniques = indexes.filter(({ unique }) => unique).map(({ columns }) => columns);
  // A bronze model's key is a primary key.
  if (raw['version_column']) uniques.push(uniqueKey);
  checkPartitioned(partitions, { materialized, uniques }, complain);
  return partitions;
}

function readOverwriting(
  raw: RawConfig,
  materialized: string,
  partitions: RangePartitions | undefined,
): Pick<ModelConfig, 'partitions' | 'overwrites' | 'rebuildable'> {
  const isIncremental = materialized === 'incremental';
  const overwrites =
    isIncremental && partitions !== undefined && raw['incremental_strategy'] === 'insert_overwrite';
  return {
    partitions,
    overwrites,
    rebuildable: overwrites || (isIncremental && raw['rebuildable'] === true),
  };
}

function readIncremental(raw: RawConfig, uniqueKey: readonly string[], check: ConfigCheck) {
  const { complain } = check;
  const incrementalStrategy = readStrategy(raw, uniqueKey, check);
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
    onSchemaChange:
      SCHEMA_CHANGES.find((known) => known === raw['on_schema_change']) ??
      (raw['version_column'] ? 'append_new_columns' : 'ignore'),
  };
}

const STRATEGIES = ['append', 'merge', 'delete+insert'] as const;
const BY_MACRO = ['microbatch', 'insert_overwrite'];

/** Without a key there is nothing to replace: as in the original, both strategies that need one then only add. */
function readStrategy(
  raw: RawConfig,
  uniqueKey: readonly string[],
  { complain, hasStrategy }: ConfigCheck,
): IncrementalStrategy {
  const written = textOr(raw['incremental_strategy'], 'default');
  if (uniqueKey.length === 0 && (written === 'default' || STRATEGIES.some((known) => known === written)))
    return 'append';
  if (written === 'default') return 'merge';
  const known = STRATEGIES.find((strategy) => strategy === written);
  if (known === undefined && !BY_MACRO.includes(written) && !hasStrategy(written))
    complain(`incremental_strategy: "${written}" is none of ${[...STRATEGIES, ...BY_MACRO].join(', ')}`);
  return known ?? 'other';
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
  const docs = mappingOf(value);
  return { persistRelationDocs: docs['relation'] === true, persistColumnDocs: docs['columns'] === true };
}

function readHook(entry: unknown): string {
  return isMapping(entry) ? textOr(entry['sql'], '') : textOr(entry, '');
}

const texts = (value: unknown): string[] =>
  listOf(value)
    .map((entry) => textOr(entry, ''))
    .filter(Boolean);

const optionalText = (value: unknown): string | undefined => textOr(value, '') || undefined;
