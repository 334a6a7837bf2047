import { isDeepStrictEqual } from 'node:util';
import { configFromTree, type RawConfig } from '../project/config-tree.ts';
import type { ProjectGraph } from '../project/project.ts';
import type { ProjectSettings } from '../project/project-settings.ts';

/** Trees of a project file that configure nodes, and how the file calls them. */
const TREES = {
  models: ['models'],
  seeds: ['seeds'],
  snapshots: ['snapshots'],
  sources: ['sources'],
  tests: ['data_tests', 'tests'],
} as const;

interface ConfiguredNode {
  readonly packageName: string;
  readonly fqn: readonly string[];
  /** What it says itself, which is nearer than its own project's file. */
  readonly declaredKeys?: readonly string[];
}

/**
 * A node's configuration with what the project file says left as written: `{{ target.name }}` and its like are no change
 * between environments (`unrendered_config` of the original, which compares by it).
 *
 * @param raw the node's configuration, templates rendered.
 */
export function unrenderedConfig(
  graph: ProjectGraph,
  tree: keyof typeof TREES,
  { packageName, fqn, declaredKeys = [] }: ConfiguredNode,
  raw: RawConfig,
): RawConfig {
  const config: Record<string, unknown> = { ...raw };
  const own = graph.packages.find(({ name }) => name === packageName)?.settings ?? graph.settings;
  for (const settings of new Set([own, graph.settings])) {
    // The root's file has the last word on packages that are not the root.
    const nearer = settings === own ? declaredKeys : [];
    for (const [key, value] of Object.entries(writtenDifferently(settings, tree, fqn, raw)))
      if (!nearer.includes(key)) config[key] = value;
  }
  return config;
}

/** What a project file's tree gives this node in words that rendering changed, where nothing nearer overrides it. */
function writtenDifferently(
  settings: ProjectSettings,
  tree: keyof typeof TREES,
  fqn: readonly string[],
  raw: RawConfig,
): RawConfig {
  const { written } = settings;
  if (written === undefined) return {};
  const asWritten = TREES[tree].map((key) => written[key]).find((value) => value !== undefined);
  if (typeof asWritten !== 'object' || asWritten === null) return {};
  const before = configFromTree(asWritten as RawConfig, fqn);
  const holds = Object.entries(configFromTree(settings[tree], fqn)).filter(
    ([key, value]) => isDeepStrictEqual(raw[key], value) && !isDeepStrictEqual(before[key], value),
  );
  return Object.fromEntries(holds.map(([key]) => [key, before[key]]));
}
