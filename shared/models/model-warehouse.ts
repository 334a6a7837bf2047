import type { RelationName } from '#shared/contracts/names.ts';
import type { ModelConfig } from './project/model-config.ts';
import type { ColumnProperties } from './project/properties.ts';
import type { BuildTag } from './publish/candidate-names.ts';

/** What stands under a name. `other`: something this engine does not build (a materialized view, a foreign table). */
export type RelationKind = 'table' | 'view' | 'other' | 'none';

/** What can take a published relation's place. */
export type PublishedKind = 'table' | 'view' | 'materialized view';

/** SQL of one model, ready to run, with what it is to become. */
export interface RelationBuild {
  readonly kind: 'table' | 'view';
  /** The name people read. */
  readonly stable: RelationName;
  /** The name it is built under. */
  readonly candidate: RelationName;
  readonly sql: string;
  readonly config: ModelConfig;
  readonly description: string;
  readonly columns: readonly ColumnProperties[];
  readonly preHooks: readonly string[];
  readonly postHooks: readonly string[];
  readonly tag: BuildTag;
  /** `YYYY-MM-DD`: the day from which partitions are made ahead and retention counts. */
  readonly asOf: string;
}

/** Rows of a seed file with the SQL type of each column; values are text as in the file, null for empty. */
export interface SeedRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface TestSql {
  /** One row: failures, should_warn, should_error. */
  readonly sql: string;
}

export interface TestNumbers {
  readonly failures: number;
  readonly warn: boolean;
  readonly error: boolean;
}

/** Rows an incremental build wrote. */
export interface WriteCounts {
  readonly inserted: number;
  readonly updated: number;
}

/** Rows that a merge has written, for tests that need look at nothing else. */
export interface AuditedBatch {
  /** A table of the transaction, as SQL names it, with the columns of the model's query. */
  readonly table: string;
  /** SQL of the keys, in the batch and in the model; none is NULL in the batch. */
  readonly keys: readonly string[];
  readonly columns: readonly string[];
  /** The model's rows of these keys are these rows, whole: no column keeps a value of before. */
  readonly isWhole: boolean;
  /** SQL of the model with these rows, where they are not in its table yet; undefined where they are. */
  readonly model: string | undefined;
}

/** Tests what a merge has written, in its transaction. @param batch undefined: the whole table is to be tested. @returns false to roll back. */
export type Audit = (
  runTest: (test: TestSql) => Promise<TestNumbers>,
  batch: AuditedBatch | undefined,
) => Promise<boolean>;

export interface IncrementalBuild {
  readonly target: RelationName;
  /** Names this write: redelivered, it is found done and its counts are returned. */
  readonly marker: MarkerKey;
  readonly sql: string;
  readonly config: ModelConfig;
  readonly preHooks: readonly string[];
  readonly postHooks: readonly string[];
  /** As in {@link RelationBuild}. */
  readonly asOf: string;
  /** How patient the swap of partitions is, where the model overwrites them. */
  readonly limits: PublishLimits;
}

/** One relation that becomes public. */
export interface Swap {
  readonly model: string;
  readonly kind: PublishedKind;
  readonly stable: RelationName;
  readonly candidate: RelationName;
  readonly retired: RelationName;
  /** Whose indexes get their stable names; undefined where they were built under names of their own. */
  readonly config: ModelConfig | undefined;
}

/** Names one publication: redelivered, it is found done. */
export interface MarkerKey {
  readonly runId: string;
  readonly stream: string;
  readonly batch: string;
}

export interface PublishRequest {
  readonly swaps: readonly Swap[];
  /** Views of models whose tests failed: they stay on what they read now. */
  readonly heldBack: readonly RelationName[];
  readonly marker: MarkerKey;
  /** Stored with the marker and returned to a redelivered publication. */
  readonly outcome: Readonly<Record<string, unknown>>;
  readonly tag: BuildTag;
  readonly limits: PublishLimits;
}

/** How patient a swap is. */
export interface PublishLimits {
  /** Longest time a reader may queue behind the swap, default 100. */
  readonly lockTimeoutMs: number;
  /** The swap gives up after this long and the run fails retryably, default 60,000. */
  readonly giveUpAfterMs: number;
}

/** A relation outside the swap that read what was swapped. */
export interface DependentOutcome {
  readonly relation: RelationName;
  readonly of: RelationName;
  /** `repointed` reads the new one; `left` still reads the retired one, which is kept for it. */
  readonly outcome: 'repointed' | 'left';
  readonly reason: string;
}

export interface PublishResult {
  readonly alreadyDone: boolean;
  readonly outcome: Readonly<Record<string, unknown>>;
  readonly dependents: readonly DependentOutcome[];
  readonly lockAttempts: number;
}

/** Bronze merge as the warehouse runs it. */
export interface VersionedMerge {
  readonly target: RelationName;
  readonly sql: string;
  readonly config: ModelConfig;
  readonly description: string;
  readonly columns: readonly ColumnProperties[];
  readonly hashed: RelationName;
  readonly expectedRowsPerFile: ReadonlyMap<string, number>;
  readonly marker: MarkerKey;
  /** Build aside from this batch alone, then swap. */
  readonly fullRefresh: boolean;
  readonly tag: BuildTag;
  readonly limits: PublishLimits;
  /** As in {@link RelationBuild}. */
  readonly asOf: string;
}

/** What a bronze merge did to its rows. They add up to the rows of the hashed table. */
export interface VersionedCounts {
  /** Keys not seen before. */
  readonly inserted: number;
  /** Newer version, other content. */
  readonly updated: number;
  /** Newer version, same content: only the version moved on. */
  readonly advanced: number;
  /** Same version, same content: nothing written. */
  readonly unchanged: number;
  /** Older than what is stored: nothing written. */
  readonly stale: number;
  /** Lost to a newer copy of the same key in the same batch. */
  readonly duplicates: number;
}

export interface VersionedOutcome extends VersionedCounts {
  readonly alreadyApplied: boolean;
}

/** A slice of a bronze table to be counted and summed. */
export interface TotalsRequest {
  readonly relation: RelationName;
  readonly slice: string;
  /** Only rows whose `_cursor` is less, or NULL; null is all. Decimal digits. */
  readonly below: string | null;
  /** Numeric columns to sum. */
  readonly fields: readonly string[];
}

/** Exact decimal text; a sum is null when every value is NULL. */
export interface RelationTotals {
  readonly rows: string;
  readonly sums: Readonly<Record<string, string | null>>;
}

/** What a crash of the server has emptied. */
export interface EmptiedRelations {
  readonly relations: readonly RelationName[];
  /** ISO 8601; tells one crash from another. */
  readonly serverStartedAt: string;
}

/** A candidate or retired relation that a finished run left behind. */
export interface Leftover {
  readonly relation: RelationName;
  readonly runId: string;
  readonly attempt: number;
  /** A candidate whose tests failed: kept for inspection, see `keepFailed`. */
  readonly keptFailed: boolean;
}

/**
 * The warehouse as the model engine uses it; one adapter per product. Every method may be repeated.
 *
 * Aborting a signal stops the SQL on the server.
 */
export interface ModelWarehouse {
  /** Names the SQL dialect: what `target.type` says and what `adapter.dispatch` prefixes with. */
  readonly dialect: string;
  /** SQL of the instant the running statement began, by the warehouse's own clock; not of its transaction, which may have waited. */
  readonly statementTime: string;
  ensureSchemas(schemas: readonly string[]): Promise<void>;
  kindOf(relation: RelationName): Promise<RelationKind>;
  /** True when the published rows of a model stand in a table that can be written to. */
  isTable(model: Pick<Swap, 'stable' | 'config'>): Promise<boolean>;
  /** Those of these tables that a crash of the server has emptied: not crash-safe, and without the mark that was made with them. */
  lost(relations: readonly RelationName[]): Promise<RelationName[]>;
  /** Published relations in these schemas whose rows a crash has taken, and whose names fail until they are built again; undefined: none. */
  emptied(schemas: readonly string[]): Promise<EmptiedRelations | undefined>;
  /** Builds aside, indexes, analyses, in one transaction. Rows of a table, null for a view. */
  build(build: RelationBuild, signal?: AbortSignal): Promise<number | null>;
  /** The same from a seed file. */
  buildSeed(build: RelationBuild, seed: SeedRows, signal?: AbortSignal): Promise<number>;
  /** One transaction: merge, then `audit` on the same connection; it rolls back when `audit` says false. */
  mergeIncremental(
    build: IncrementalBuild,
    audit: Audit,
    signal?: AbortSignal,
  ): Promise<WriteCounts | undefined>;
  runTest(test: TestSql, signal?: AbortSignal): Promise<TestNumbers>;
  publish(request: PublishRequest, signal?: AbortSignal): Promise<PublishResult>;
  /** Outcome of a publication or merge that was committed, undefined when there was none. */
  outcomeOf(marker: MarkerKey): Promise<Readonly<Record<string, unknown>> | undefined>;
  mergeVersioned(merge: VersionedMerge, signal?: AbortSignal): Promise<VersionedOutcome>;
  /** Counts and sums; of a relation that is not there, none. */
  totals(request: TotalsRequest, signal?: AbortSignal): Promise<RelationTotals>;
  /** Marks a candidate as failed; kept until a later run publishes that model. */
  keepFailed(candidate: RelationName, reason: string): Promise<void>;
  drop(relations: readonly RelationName[]): Promise<void>;
  /** Tells others that this run is alive, until the answer is called or this process ends. */
  hold(runId: string): Promise<() => Promise<void>>;
  /** Those of these runs that nobody holds. */
  unheld(runIds: readonly string[]): Promise<string[]>;
  leftovers(schemas: readonly string[]): Promise<Leftover[]>;
  /** The same of invocations outside of pipelines. */
  invocationLeftovers(schemas: readonly string[]): Promise<Leftover[]>;
  /** Schemas that are there of these pipelines: `<pipeline>` and `<pipeline>_…`. */
  schemasOf(pipelines: readonly string[]): Promise<string[]>;
}
