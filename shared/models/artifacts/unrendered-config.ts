import { isDeepStrictEqual } from 'node:util';
import { configFromTree, levelsOfTree, listOf, type RawConfig } from '../project/config-tree.ts';
import type { ProjectGraph } from '../project/project.ts';
import type { ProjectSettings } from '../project/project-settings.ts';
import { isMapping, type YamlMapping } from '../project/read-yaml.ts';

/** Trees of a project file that configure nodes, and how the file calls them. */
const TREES = {
  models: ['models'],
  seeds: ['seeds'],
  snapshots: ['snapshots'],
  sources: ['sources'],
  tests: ['data_tests', 'tests'],
} as const;

type Tree = keyof typeof TREES;

interface ConfiguredNode {
  readonly packageName: string;
  readonly fqn: readonly string[];
}

/**
 * A node's configuration as it is written, level over level, each key's last word (`context_config.py`, `UnrenderedConfigGenerator`): with
 * `{{ target.name }}` left as it stands, another environment is no change. Comparisons of state go by it.
 *
 * @param declared what the node says itself, nearer than its own project's file; the root's file has the last word on other packages.
 */
export function unrenderedConfig(
  graph: ProjectGraph,
  tree: Tree,
  { packageName, fqn }: ConfiguredNode,
  declared: RawConfig,
): RawConfig {
  const own = settingsOf(graph, packageName);
  const above = own === graph.settings ? [] : levelsOfTree(asWritten(graph.settings, tree), fqn);
  const levels = [
    ...levelsOfTree(asWritten(own, tree), fqn),
    withHyphens(withoutKind(declared, tree)),
    ...above,
  ];
  return Object.assign({}, ...levels) as RawConfig;
}

/**
 * What a test says itself of its configuration, of which only the whole is known: what its project's file does not say as it is.
 *
 * @param raw the test's configuration, templates rendered.
 */
export function ownConfigOf(
  graph: ProjectGraph,
  { packageName, fqn }: ConfiguredNode,
  raw: RawConfig,
): RawConfig {
  const said = configFromTree(settingsOf(graph, packageName).tests, fqn);
  const own = Object.entries(raw).filter(
    ([key, value]) => key !== 'tags' && !isDeepStrictEqual(said[key], value),
  );
  const above = listOf(said['tags']);
  const tags = listOf(raw['tags']).filter((tag) => !above.includes(tag));
  return { ...Object.fromEntries(own), ...(tags.length > 0 ? { tags } : {}) };
}

const settingsOf = (graph: ProjectGraph, packageName: string): ProjectSettings =>
  graph.packages.find(({ name }) => name === packageName)?.settings ?? graph.settings;

function asWritten(settings: ProjectSettings, tree: Tree): YamlMapping {
  const { written } = settings;
  if (written === undefined) return settings[tree];
  const value = TREES[tree].map((key) => written[key]).find((one) => one !== undefined);
  return isMapping(value) ? value : settings[tree];
}

/** That a snapshot is one need not be said. */
const withoutKind = (config: RawConfig, tree: Tree): RawConfig =>
  Object.fromEntries(
    Object.entries(config).filter(([key, value]) => key !== 'materialized' || `${String(value)}s` !== tree),
  );

/** Hooks are called `pre-hook` in artifacts, however a node writes them. */
const withHyphens = (config: RawConfig): RawConfig =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^(pre|post)_hook$/, '$1-hook'), value]),
  );
