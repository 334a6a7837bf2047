import { configFromTree, listOf, mergeConfig, type RawConfig, settled } from '../project/config-tree.ts';
import type { ProjectSettings } from '../project/project-settings.ts';
import type { Loading } from './loading.ts';

/** The trees of `+config` a project file holds. */
export type ConfigTree = 'models' | 'seeds' | 'snapshots' | 'sources' | 'tests' | 'unitTests' | 'exposures';

/**
 * A node's configuration while it is parsed. Order as in the original (`ContextConfig`): the package's project file, YAML,
 * `config(…)`, and last what the root's project file says of a package that is not the root.
 */
export class NodeConfig {
  readonly #below: RawConfig;
  readonly #above: RawConfig;
  readonly #fromYaml: RawConfig;
  #inFile: RawConfig = {};
  #written: RawConfig = {};

  constructor(loading: Loading, tree: ConfigTree | undefined, fqn: readonly string[], fromYaml: RawConfig) {
    const of = (settings: ProjectSettings): RawConfig =>
      tree === undefined ? {} : configFromTree(settings[tree], fqn);
    this.#fromYaml = fromYaml;
    this.#below = mergeConfig(of(loading.own.settings), fromYaml);
    this.#above = loading.own.isRoot ? {} : of(loading.root.settings);
  }

  /** Takes what a `config(…)` in the file says. */
  declare(config: RawConfig): void {
    this.#inFile = mergeConfig(this.#inFile, config);
    this.#written = { ...this.#written, ...addedUp(this.#written, config) };
  }

  /** What the node says itself, in YAML or in its file, nothing merged: the rest comes from project files. */
  get declared(): RawConfig {
    return { ...this.#fromYaml, ...this.#written };
  }

  get raw(): RawConfig {
    return settled(mergeConfig(mergeConfig(this.#below, this.#inFile), this.#above));
  }
}

const ADDED_UP = ['tags', 'pre_hook', 'post_hook', 'pre-hook', 'post-hook'];

/** Tags and hooks of a second `config(…)` are added to those of the first. */
function addedUp(earlier: RawConfig, later: RawConfig): RawConfig {
  const entries = Object.entries(later).map(([key, value]) => [
    key,
    key in earlier && ADDED_UP.includes(key) ? [...listOf(earlier[key]), ...listOf(value)] : value,
  ]);
  return Object.fromEntries(entries) as RawConfig;
}
