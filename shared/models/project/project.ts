import type { RelationName } from '#shared/contracts/names.ts';
import type { SeedRows } from '../model-warehouse.ts';
import type { RawConfig } from './config-tree.ts';
import type { ModelConfig } from './model-config.ts';
import type { NodeNames } from './node-names.ts';
import type { AnalysisNode, DocNode, GroupNode, SemanticEntry, UnitTestNode } from './other-resources.ts';
import type { ProjectPackage } from './project-package.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { ColumnProperties, ResourceProperties, SourceProperties } from './properties.ts';
import type { YamlMapping } from './read-yaml.ts';

/** A call of `ref` or `source` found while parsing, and where. */
export interface Call {
  readonly kind: 'ref' | 'source';
  /** `[model]`, `[package, model]` or `[source, table]`. */
  readonly args: readonly string[];
  /** `ref(…, v=2)`, as text. */
  readonly version: string | undefined;
  readonly file: string;
  readonly line: number;
  /** Where it is known. */
  readonly column?: number;
}

/** A model, seed or snapshot: something with a relation (an ephemeral model has none of its own). */
export interface ModelNode {
  readonly kind: 'model' | 'seed' | 'snapshot';
  /** What state, ledger and graph call it: the name, with `.v<n>` for a version, after `<package>.` outside the root. */
  readonly key: string;
  /** As the original: `model.<package>.<name>[.v<n>]`. */
  readonly uniqueId: string;
  readonly packageName: string;
  /** What `ref` takes. */
  readonly name: string;
  readonly version: string | undefined;
  readonly isLatestVersion: boolean;
  /** First folder below the models' root, `seeds` for a seed, `''` for a model in the root. */
  readonly layer: string;
  /** For messages: relative to the project, with the package's folder. */
  readonly file: string;
  /** Relative to its package. */
  readonly originalFile: string;
  /** Project name, folders, name. */
  readonly fqn: readonly string[];
  /** Template as written; empty for a seed. */
  readonly sql: string;
  readonly config: ModelConfig;
  /** What the node says itself of its configuration, in YAML or in its file, keys as written: the rest comes from project files. */
  readonly declared: RawConfig;
  readonly description: string;
  readonly columns: readonly ColumnProperties[];
  readonly relation: RelationName;
  /** Where another database than the target's is asked for. */
  readonly database?: string;
  /** Keys of models, seeds and snapshots read, sorted. */
  readonly refs: readonly string[];
  /** Keys of source tables read, sorted. */
  readonly sources: readonly string[];
  /** Calls as written, in order. */
  readonly calls: readonly Call[];
  readonly seed: SeedRows | undefined;
  /** Of a seed's file without blank ends; above 1 MiB its path stands for it, as in the original. */
  readonly seedChecksum?: { readonly name: 'sha256' | 'path'; readonly checksum: string };
  /** What YAML says of it; undefined when nothing. */
  readonly properties: ResourceProperties | undefined;
}

export interface SourceNode {
  /** `source.table`, after `<package>.` outside the root. */
  readonly key: string;
  readonly uniqueId: string;
  readonly packageName: string;
  /** `source.table`. */
  readonly name: string;
  /** Package, folders, source, table. */
  readonly fqn: readonly string[];
  readonly database: string | undefined;
  readonly relation: RelationName;
  readonly loader: string;
  /** Which parts of its name are quoted, as written: `database`, `schema`, `identifier`. */
  readonly quoting: YamlMapping;
  /** Undefined when nobody says when it is old: it is not measured. */
  readonly freshness: SourceFreshness | undefined;
  readonly criteria: FreshnessCriteria | null;
  /** SQL expression whose greatest value says when rows last came; or a whole query of one value. */
  readonly loadedAtField: string | undefined;
  readonly loadedAtQuery: string | undefined;
  /** Merged from project file, source and table; tags and meta of all. */
  readonly rawConfig: RawConfig;
  readonly properties: SourceProperties;
}

/** When a source table counts as old. At least one of the two periods is there. */
export interface SourceFreshness {
  readonly warnAfter: FreshnessPeriod | undefined;
  readonly errorAfter: FreshnessPeriod | undefined;
  /** SQL condition on the rows that are looked at. */
  readonly filter: string | undefined;
}

export interface FreshnessPeriod {
  readonly count: number;
  readonly period: 'minute' | 'hour' | 'day';
}

/** What is declared of freshness, as artifacts have it: null for what was turned off. */
export interface FreshnessCriteria {
  readonly warn_after: { readonly count: number | null; readonly period: string | null } | null;
  readonly error_after: { readonly count: number | null; readonly period: string | null } | null;
  readonly filter: string | null;
}

/** Something outside that reads models: a dashboard, an application. */
export interface ExposureNode {
  readonly uniqueId: string;
  readonly packageName: string;
  readonly name: string;
  readonly fqn: readonly string[];
  readonly file: string;
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  /** Merged from project file and entry. */
  readonly config: RawConfig;
  readonly properties: ResourceProperties;
}

/** A data test. */
export interface TestNode {
  readonly packageName: string;
  readonly uniqueId: string;
  /** In results and selection; as the original makes it, however long. Two tests may have one name. */
  readonly name: string;
  /** The name, followed by a number where an earlier test has it: what a pipeline's ledger knows the test by. */
  readonly label: string;
  /** Of the relation that keeps its failures. */
  readonly alias: string;
  /** Name of the generic test (`not_null`, `dbt_utils.at_least_one`), or of the singular one. */
  readonly test: string;
  /** A singular test's template; undefined for a generic one, which is a macro. */
  readonly sql: string | undefined;
  /** What a generic test is declared on; undefined for a singular one. */
  readonly subject: TestSubject | undefined;
  readonly column: string | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly file: string;
  readonly line: number;
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  readonly config: TestConfig;
}

/** A model, seed or snapshot, or a source table. */
export interface TestSubject {
  readonly kind: 'ref' | 'source';
  readonly key: string;
  /** What `ref` takes, or `source.table`. */
  readonly name: string;
  readonly version?: string | undefined;
}

export interface TestConfig {
  readonly enabled: boolean;
  /** `error` blocks, `warn` is only told. */
  readonly severity: 'error' | 'warn';
  readonly where: string | undefined;
  readonly limit: number | undefined;
  /** Conditions on the number of failures, e.g. `!= 0`, `> 10`. */
  readonly warnIf: string;
  readonly errorIf: string;
  /** Aggregate over the failing rows, default `count(*)`. */
  readonly failCalc: string;
  readonly raw: RawConfig;
}

/** Which parts of a relation's name are in quotes. */
export interface Quoting {
  readonly database?: boolean;
  readonly schema?: boolean;
  readonly identifier?: boolean;
}

/** Where relations go and what `target` says. */
export interface Target {
  readonly name: string;
  /** Schema of models without one of their own; prefix of the others. */
  readonly schema: string;
  readonly database: string;
  /**
   * False prints relations without their database. The original prints it, so that is the default; pipelines do not, because one that
   * is reached through a pooler may have another name there.
   */
  readonly printDatabase?: boolean;
  /** Parts of relations' names that the project's `quoting` says are printed without quotes, or with; the others have them. */
  readonly quoting?: Quoting;
  /** Dialect, e.g. of `adapter.dispatch`. */
  readonly type: string;
  readonly threads: number;
  /** What else `target` says to templates, e.g. `host`, `user`, `profile_name`; never a secret. */
  readonly shown?: Readonly<Record<string, unknown>>;
}

/** What a project is opened with. */
export interface ProjectOptions {
  readonly target: Target;
  /** Over the project's own `vars`. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Where what was parsed is kept for the next time; undefined keeps nothing. */
  readonly cacheDir?: string;
  /** What `env_var` may see; nothing else of the environment is reachable. */
  readonly env?: Readonly<Record<string, string>>;
  /** False runs projects that say they need another version of the original; default true. */
  readonly versionCheck?: boolean;
}

/** A project as loaded: checked, with every reference resolved. */
export interface ProjectGraph {
  readonly dir: string;
  /** The root's. */
  readonly settings: ProjectSettings;
  /** The root first. */
  readonly packages: readonly ProjectPackage[];
  readonly options: ProjectOptions;
  /** Finds keys by what templates call things. */
  readonly names: NodeNames;
  /** Models, seeds and snapshots by key. */
  readonly models: ReadonlyMap<string, ModelNode>;
  /** By key. */
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly tests: readonly TestNode[];
  readonly exposures: readonly ExposureNode[];
  readonly groups: readonly GroupNode[];
  readonly docs: readonly DocNode[];
  readonly analyses: readonly AnalysisNode[];
  readonly unitTests: readonly UnitTestNode[];
  /** What YAML says of macros, by `macro.<package>.<name>`. */
  readonly macroProperties: ReadonlyMap<string, ResourceProperties>;
  readonly semantic: readonly SemanticEntry[];
  readonly disabled: DisabledNodes;
}

/** What is there but turned off: in artifacts, and nowhere else. What it calls is not resolved. */
export interface DisabledNodes {
  readonly models: readonly ModelNode[];
  readonly sources: readonly SourceNode[];
  readonly tests: readonly TestNode[];
  readonly exposures: readonly ExposureNode[];
  readonly analyses: readonly AnalysisNode[];
  readonly unitTests: readonly UnitTestNode[];
}
