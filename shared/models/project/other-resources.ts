import type { RawConfig } from './config-tree.ts';
import type { Call } from './project.ts';
import type { ColumnProperties, ResourceProperties } from './properties.ts';
import type { YamlMapping } from './read-yaml.ts';

/** Models that belong together, and who answers for them. */
export interface GroupNode {
  /** `group.<package>.<name>`. */
  readonly uniqueId: string;
  readonly packageName: string;
  readonly name: string;
  readonly description: string;
  /** At least `name` or `email`. */
  readonly owner: YamlMapping;
  readonly config: RawConfig;
  readonly file: string;
  readonly line: number;
}

/** A `docs` block of a Markdown file: what `doc('name')` gives. */
export interface DocNode {
  /** `doc.<package>.<name>`. */
  readonly uniqueId: string;
  readonly packageName: string;
  readonly name: string;
  /** Without blank ends. */
  readonly contents: string;
  /** For messages. */
  readonly file: string;
  /** Relative to its package. */
  readonly originalFile: string;
}

/** A query that is compiled and never run. */
export interface AnalysisNode {
  readonly kind: 'analysis';
  readonly uniqueId: string;
  readonly packageName: string;
  readonly name: string;
  readonly fqn: readonly string[];
  readonly file: string;
  readonly originalFile: string;
  /** Template as written. */
  readonly sql: string;
  readonly config: RawConfig;
  readonly description: string;
  readonly columns: readonly ColumnProperties[];
  /** Keys of models, seeds and snapshots read, sorted. */
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  readonly calls: readonly Call[];
  readonly properties: ResourceProperties | undefined;
}

/** Rows of a unit test, in place of a relation or as what is expected. */
export type FixtureRows =
  | {
      readonly format: 'dict' | 'csv';
      readonly rows: readonly YamlMapping[];
      readonly fixture: string | null;
    }
  | { readonly format: 'sql'; readonly sql: string; readonly fixture: string | null };

/** One input of a unit test. */
export interface UnitTestInput {
  /** As written: `ref('orders')`, `source('raw', 'orders')`, `this`. */
  readonly input: string;
  /** What it stands for: a model, seed or snapshot, or a source table; `this` is the model itself. */
  readonly kind: 'ref' | 'source' | 'this';
  /** Undefined when there is no such thing: the test then fails when it is run, as in the original. */
  readonly key: string | undefined;
  readonly rows: FixtureRows;
}

/** What holds during one unit test instead of what the project says. */
export interface UnitTestOverrides {
  /** Values macros give, by name or `package.name`. */
  readonly macros: YamlMapping;
  readonly vars: YamlMapping;
  readonly envVars: YamlMapping;
}

/** A test of a model's SQL on rows that its author wrote. */
export interface UnitTestNode {
  /** `unit_test.<package>.<model>.<name>[_v<version>]`. */
  readonly uniqueId: string;
  readonly packageName: string;
  readonly name: string;
  /** Key of the model tested. */
  readonly model: string;
  /** As `ref` takes it. */
  readonly modelName: string;
  /** Of the model tested, where that has versions. */
  readonly version: string | undefined;
  readonly description: string;
  readonly given: readonly UnitTestInput[];
  readonly expect: FixtureRows;
  readonly overrides: UnitTestOverrides;
  readonly config: RawConfig;
  readonly fqn: readonly string[];
  readonly file: string;
  readonly line: number;
  /** The model tested alone: what it reads need not be built. */
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  /** The whole entry. */
  readonly entry: YamlMapping;
}

/** Entries for a semantic layer, as written: kept for who reads them, not run. */
export interface SemanticEntry {
  readonly kind: 'semantic_models' | 'metrics' | 'saved_queries';
  readonly packageName: string;
  readonly file: string;
  readonly line: number;
  readonly entry: YamlMapping;
}
