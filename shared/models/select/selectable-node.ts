import type { RawConfig } from '../project/config-tree.ts';

/** What a node is, as `resource_type:` and the manifest call it. */
export const RESOURCE_TYPES = [
  'model',
  'analysis',
  'test',
  'snapshot',
  'operation',
  'seed',
  'rpc',
  'sql_operation',
  'doc',
  'source',
  'macro',
  'exposure',
  'metric',
  'group',
  'saved_query',
  'semantic_model',
  'unit_test',
  'fixture',
  'function',
] as const;

export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** All that selection knows of one node of a project. */
export interface SelectableNode {
  readonly uniqueId: string;
  readonly resourceType: ResourceType;
  /** What `ref` takes; of a source the table's name. */
  readonly name: string;
  readonly packageName: string;
  readonly fqn: readonly string[];
  readonly tags: readonly string[];
  /** Relative to its package, with `/`. */
  readonly originalFile: string;
  /** YAML file that describes it, relative to its package. */
  readonly patchFile?: string | undefined;
  /** Configuration as the manifest has it, defaults included. Asked for only by methods that need it. */
  readonly config: () => RawConfig;
  /** Of `config.group`. */
  readonly group?: string | undefined;
  /** Of a model: `private`, `protected`, `public`. */
  readonly access?: string | undefined;
  readonly version?: string | undefined;
  readonly latestVersion?: string | undefined;
  /** Of a source table: the source's name. */
  readonly sourceName?: string | undefined;
  /** Of a data test: the generic test's name, without its package; undefined for a singular one. */
  readonly genericTest?: string | undefined;
  /** Unique ids of what it reads. */
  readonly dependsOn: readonly string[];
  /** Its file says nothing: never run. */
  readonly isEmpty?: boolean;
  /** First folder below the models' root. Penstock's own. */
  readonly layer?: string | undefined;
}
