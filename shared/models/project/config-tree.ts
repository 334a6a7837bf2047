import { isMapping, type YamlMapping } from './read-yaml.ts';

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

function configOfLevel(level: YamlMapping, step: string | undefined): RawConfig {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(level)) {
    if (key.startsWith('+')) config[key.slice(1)] = value;
    else if (key !== step && !isMapping(value)) config[key] = value;
  }
  return config;
}

const HOOKS = new Set(['pre_hook', 'post_hook']);

/** Lays `over` on `base` as the original does: tags and hooks add up, meta merges by key, the rest is replaced. */
export function mergeConfig(base: RawConfig, over: RawConfig): RawConfig {
  const merged: Record<string, unknown> = { ...base };
  for (const [written, value] of Object.entries(over)) {
    const key = written.replaceAll('-', '_');
    if (key === 'tags') merged[key] = [...new Set([...listOf(merged[key]), ...listOf(value)])];
    else if (HOOKS.has(key)) merged[key] = [...listOf(merged[key]), ...listOf(value)];
    else if (key === 'meta') merged[key] = { ...mappingOf(merged[key]), ...mappingOf(value) };
    else merged[key] = value;
  }
  return merged;
}

/** A list as it is, nothing as an empty one, a single value as a list of one. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const mappingOf = (value: unknown): YamlMapping => (isMapping(value) ? value : {});
