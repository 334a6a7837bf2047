import { configFromTree, mergeConfig, type RawConfig, settled } from '../project/config-tree.ts';
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
  }

  /** What the node says itself, in YAML or in its file: the rest comes from project files. */
  get declaredKeys(): readonly string[] {
    return [...new Set([...Object.keys(this.#fromYaml), ...Object.keys(this.#inFile)])];
  }

  get raw(): RawConfig {
    return settled(mergeConfig(mergeConfig(this.#below, this.#inFile), this.#above));
  }
}
