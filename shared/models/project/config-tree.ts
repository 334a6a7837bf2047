import { isMapping, mappingOf, type YamlMapping } from './read-yaml.ts';

/** Configuration as written, before it is checked; later layers are merged over earlier ones. */
export type RawConfig = { readonly [key: string]: unknown };

/**
 * Configuration a `+config` tree gives one resource.
 *
 * A key with `+` is configuration; one without is a folder when the path goes through it, else configuration
 * unless its value is a mapping (that is a folder the resource is not in).
 *
 * @param path project name, folders, resource name.
 */
export function configFromTree(tree: YamlMapping, path: readonly string[]): RawConfig {
  let config: RawConfig = {};
  let level: YamlMapping | undefined = tree;
  for (let depth = 0; level !== undefined; depth += 1) {
    const step: string | undefined = path[depth];
    config = mergeConfig(config, configOfLevel(level, step));
    const below: unknown = step === undefined ? undefined : level[step];
    level = isMapping(below) ? below : undefined;
  }
  return config;
}

/** The same unmerged: what each level says, keys as written, the outermost first. @param path as for {@link configFromTree}. */
export function levelsOfTree(tree: YamlMapping, path: readonly string[]): RawConfig[] {
  const levels: RawConfig[] = [];
  let level: YamlMapping | undefined = tree;
  for (let depth = 0; level !== undefined; depth += 1) {
    const step: string | undefined = path[depth];
    levels.push(configOfLevel(level, step));
    const below: unknown = step === undefined ? undefined : level[step];
    level = isMapping(below) ? below : undefined;
  }
  return levels;
}

function configOfLevel(level: YamlMapping, step: string | undefined): RawConfig {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(level)) {
    if (key.startsWith('+')) config[key.slice(1)] = value;
    else if (key !== step && !isMapping(value)) config[key] = value;
  }
  return config;
}

/** Lists that add up, and mappings that merge by key (`contracts/config/base.py`, `mergebehavior`). */
const APPENDED = new Set(['pre_hook', 'post_hook', 'packages']);
const UPDATED = new Set([
  'meta',
  'quoting',
  'column_types',
  'docs',
  'contract',
  'snapshot_meta_column_names',
]);

/** Lays `over` on `base` as the original does: tags and hooks add up, meta merges by key, the rest is replaced. */
export function mergeConfig(base: RawConfig, over: RawConfig): RawConfig {
  const merged: Record<string, unknown> = { ...base };
  for (const [written, value] of Object.entries(over)) {
    const key = written.replaceAll('-', '_');
    merged[key] = key in merged ? mergeValue(key, merged[key], value) : startOf(key, value);
  }
  return merged;
}

function mergeValue(key: string, earlier: unknown, value: unknown): unknown {
  if (key === 'tags') return [...listOf(earlier), ...listOf(value)];
  if (APPENDED.has(key)) return [...listOf(earlier), ...listOf(value)];
  if (UPDATED.has(key)) return { ...mappingOf(earlier), ...mappingOf(value) };
  return key === 'grants' ? mergeGrants(mappingOf(earlier), mappingOf(value)) : value;
}

function startOf(key: string, value: unknown): unknown {
  return key === 'tags' || APPENDED.has(key) ? mergeValue(key, undefined, value) : value;
}

/** Configuration when no layer is left to come: what was to be added to is what there is. */
export const settled = (config: RawConfig): RawConfig =>
  'grants' in config ? { ...config, grants: mergeGrants({}, mappingOf(config['grants'])) } : config;

/** A privilege replaces the earlier list; one written `+select` adds to it. */
function mergeGrants(earlier: YamlMapping, value: YamlMapping): YamlMapping {
  const grants: Record<string, unknown> = {};
  for (const [written, grantees] of [...Object.entries(earlier), ...Object.entries(value)]) {
    const privilege = written.replace(/^\++/, '');
    const kept = written === privilege ? [] : listOf(grants[privilege]);
    grants[privilege] = [...kept, ...listOf(grantees)];
  }
  return grants;
}

/** A list as it is, nothing as an empty one, a single value as a list of one. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
