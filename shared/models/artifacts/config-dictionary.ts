import { listOf, type RawConfig } from '../project/config-tree.ts';
import { isMapping } from '../project/read-yaml.ts';
import { momentOrNull } from './version-value.ts';

/** A JSON object as artifacts and templates hold it. */
export type Dictionary = { readonly [key: string]: unknown };

/** What every node's configuration has, with the original's defaults (`artifacts/resources/v1/config.py`). */
const COMMON: Dictionary = {
  enabled: true,
  alias: null,
  schema: null,
  database: null,
  tags: [],
  meta: {},
  group: null,
};

const NODE: Dictionary = {
  ...COMMON,
  materialized: 'view',
  incremental_strategy: null,
  batch_size: null,
  lookback: 1,
  begin: null,
  persist_docs: {},
  'post-hook': [],
  'pre-hook': [],
  quoting: {},
  column_types: {},
  full_refresh: null,
  unique_key: null,
  on_schema_change: 'ignore',
  on_configuration_change: 'apply',
  grants: {},
  packages: [],
  docs: { show: true, node_color: null },
  contract: { enforced: false, alias_types: true },
  event_time: null,
  concurrent_batches: null,
};

const BY_KIND: Readonly<Record<string, Dictionary>> = {
  model: { ...NODE, access: 'protected', freshness: null },
  seed: { ...NODE, materialized: 'seed', delimiter: ',', quote_columns: null },
  snapshot: {
    ...NODE,
    materialized: 'snapshot',
    strategy: null,
    target_schema: null,
    target_database: null,
    updated_at: null,
    check_cols: null,
    snapshot_meta_column_names: {
      dbt_valid_to: null,
      dbt_valid_from: null,
      dbt_scd_id: null,
      dbt_updated_at: null,
      dbt_is_deleted: null,
    },
    dbt_valid_to_current: null,
  },
  test: {
    ...COMMON,
    schema: 'dbt_test__audit',
    materialized: 'test',
    severity: 'ERROR',
    store_failures: null,
    store_failures_as: null,
    where: null,
    limit: null,
    fail_calc: 'count(*)',
    warn_if: '!= 0',
    error_if: '!= 0',
  },
  analysis: NODE,
  operation: NODE,
};

const NESTED = ['docs', 'contract', 'snapshot_meta_column_names'];

/**
 * A node's whole configuration as artifacts show it: the original's keys with their defaults, then what the project adds.
 *
 * @param raw merged configuration, keys with underscores.
 */
export function configDictionary(kind: string, raw: RawConfig): Dictionary {
  const { pre_hook: before, post_hook: after, ...rest } = raw;
  const base = BY_KIND[kind] ?? COMMON;
  const config: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    const standard = base[key];
    config[key] =
      NESTED.includes(key) && isMapping(standard) && isMapping(value) ? { ...standard, ...value } : value;
  }
  config['tags'] = listOf(config['tags']);
  if (config['begin'] !== undefined) config['begin'] = momentOrNull(config['begin']);
  if ('pre-hook' in base) {
    config['pre-hook'] = listOf(before).map(hookDictionary);
    config['post-hook'] = listOf(after).map(hookDictionary);
  }
  return config;
}

function hookDictionary(hook: unknown): Dictionary {
  if (!isMapping(hook)) return { sql: hook, transaction: true, index: null };
  return { sql: hook['sql'] ?? '', transaction: hook['transaction'] !== false, index: null };
}
