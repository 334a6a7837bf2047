import type { RelationName } from '#shared/contracts/names.ts';
import type { SeedRows } from '../model-warehouse.ts';
import type { RawConfig } from './config-tree.ts';
import type { ModelConfig } from './model-config.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { ColumnProperties, SourceProperties } from './properties.ts';

/** A call of `ref` or `source` found while parsing, and where. */
export interface Call {
  readonly kind: 'ref' | 'source';
  /** `[model]`, `[package, model]` or `[source, table]`. */
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
}

/** A model or a seed: something with a relation (an ephemeral model has none of its own). */
export interface ModelNode {
  readonly kind: 'model' | 'seed';
  /** Unique among models and seeds of the project; what `ref` takes. */
  readonly name: string;
  /** First folder below the models' root, `seeds` for a seed, `''` for a model in the root. */
  readonly layer: string;
  readonly file: string;
  /** Project name, folders, name. */
  readonly fqn: readonly string[];
  /** Template as written; empty for a seed. */
  readonly sql: string;
  readonly config: ModelConfig;
  readonly description: string;
  readonly columns: readonly ColumnProperties[];
  readonly relation: RelationName;
  /** Names of models and seeds read, sorted. */
  readonly refs: readonly string[];
  /** `source.table` read, sorted. */
  readonly sources: readonly string[];
  readonly seed: SeedRows | undefined;
}

export interface SourceNode {
  /** `source.table`. */
  readonly name: string;
  readonly relation: RelationName;
  readonly properties: SourceProperties;
}

/** A data test. */
export interface TestNode {
  /** Unique in the project. */
  readonly name: string;
  /** Name of the generic test (`not_null`), or of the singular one. */
  readonly test: string;
  /** A singular test's template; undefined for a generic one, which is a macro. */
  readonly sql: string | undefined;
  /** What a generic test is declared on; undefined for a singular one. */
  readonly subject: TestSubject | undefined;
  readonly column: string | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number;
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  readonly config: TestConfig;
}

/** A model or seed by name, or a source table by `source.table`. */
export interface TestSubject {
  readonly kind: 'ref' | 'source';
  readonly name: string;
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

/** Where relations go and what `target` says. */
export interface Target {
  readonly name: string;
  /** Schema of models without one of their own; prefix of the others. */
  readonly schema: string;
  readonly database: string;
  /** Dialect, e.g. of `adapter.dispatch`. */
  readonly type: string;
  readonly threads: number;
}

/** What a project is opened with. */
export interface ProjectOptions {
  readonly target: Target;
  /** Over the project's own `vars`. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** What `env_var` may see; nothing else of the environment is reachable. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A project as loaded: checked, with every reference resolved. */
export interface ProjectGraph {
  readonly dir: string;
  readonly settings: ProjectSettings;
  readonly options: ProjectOptions;
  /** Models and seeds by name. */
  readonly models: ReadonlyMap<string, ModelNode>;
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly tests: readonly TestNode[];
}
