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
  #inFile: RawConfig = {};

  constructor(loading: Loading, tree: ConfigTree, fqn: readonly string[], fromYaml: RawConfig) {
    const of = (settings: ProjectSettings): RawConfig => configFromTree(settings[tree], fqn);
    this.#below = mergeConfig(of(loading.own.settings), fromYaml);
    this.#above = loading.own.isRoot ? {} : of(loading.root.settings);
  }

  /** Takes what a `config(…)` in the file says. */
  declare(config: RawConfig): void {
    this.#inFile = mergeConfig(this.#inFile, config);
  }

  get raw(): RawConfig {
    return settled(mergeConfig(mergeConfig(this.#below, this.#inFile), this.#above));
  }
}
