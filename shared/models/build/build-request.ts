import type { Adapter } from '../adapter/adapter.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { DependentOutcome, ModelWarehouse, PublishLimits } from '../model-warehouse.ts';
import type { BuildReason, ModelVersions } from '../plan/plan-build.ts';
import type { BuildTag } from '../publish/candidate-names.ts';
import type { TestResult } from '../tests/run-tests.ts';

/** What to build. */
export interface BuildRequest {
  readonly project: LoadedProject;
  readonly warehouse: ModelWarehouse;
  /** The same warehouse, for templates that look into it while they are compiled; without it they find nothing. */
  readonly adapter?: Adapter;
  readonly tag: BuildTag;
  /** `YYYY-MM-DD`, what `var('as_of')` answers. */
  readonly asOf: string;
  /** Layers to build, e.g. `['silver', 'gold']`; seeds are part of each. */
  readonly layers?: readonly string[];
  /** Narrows the layers, in the syntax of `select/criterion.ts`. */
  readonly select?: readonly string[];
  /** As the ledger has it, read before the build begins. */
  readonly state: ModelVersions;
  /** Models and tests at once; the pool needs one connection for each. */
  readonly threads: number;
  /** Names this publication among the run's, default `models`. */
  readonly batch?: string;
  /** Rebuilds everything selected, changed or not, incrementals included. */
  readonly fullRefresh?: boolean;
  readonly limits?: Partial<PublishLimits>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: BuildEvent) => void;
  /** Awaited at `models.built`, `models.tested` and `models.published`. */
  readonly reached?: (step: 'models.built' | 'models.tested' | 'models.published') => Promise<void>;
}

export type BuildEvent =
  | { readonly kind: 'model-started'; readonly model: string; readonly reason: BuildReason }
  | {
      readonly kind: 'model-built';
      readonly model: string;
      readonly rows: number | null;
      readonly ms: number;
    }
  | { readonly kind: 'model-failed'; readonly model: string; readonly reason: string }
  | { readonly kind: 'test-finished'; readonly models: readonly string[]; readonly result: TestResult }
  | { readonly kind: 'published'; readonly models: readonly string[]; readonly ms: number }
  | { readonly kind: 'log'; readonly model: string; readonly message: string };

/**
 * What became of a model.
 *
 * - `published`: readers see the new one.
 * - `skipped`: nothing to do, or something above it failed; readers see the older one.
 * - `failed`: its SQL or template failed. `blocked`: a blocking test failed on it. Readers see the older one.
 */
export type ModelStatus = 'published' | 'skipped' | 'failed' | 'blocked';

export interface ModelResult {
  readonly name: string;
  readonly layer: string;
  readonly status: ModelStatus;
  /** Why it was built or skipped, what failed, or which test blocked it. */
  readonly reason: string;
  /** Rows of the table, or written by an incremental model; null for a view or when not built. */
  readonly rows: number | null;
  /** When its build began, ISO 8601; null when it was not built. */
  readonly startedAt: string | null;
  readonly ms: number;
  readonly tests: readonly TestResult[];
  /** Relation of a candidate that failed its tests, kept for inspection. */
  readonly keptCandidate: string | null;
}

export interface BuildResult {
  /** In the order of the graph. */
  readonly models: readonly ModelResult[];
  /** What to store in the ledger in place of the state given. */
  readonly newState: ModelVersions;
  /** Relations outside the project's publication that read what was swapped. */
  readonly dependents: readonly DependentOutcome[];
  /** This publication had been committed by an earlier delivery; nothing was done. */
  readonly alreadyPublished: boolean;
  /** True when no model failed or was blocked. */
  readonly ok: boolean;
}
