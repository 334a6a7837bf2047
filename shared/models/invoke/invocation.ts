import type { RelationName } from '#shared/contracts/names.ts';
import type { Adapter } from '../adapter/adapter.ts';
import type { Resolution } from '../compile/compile-model.ts';
import type { RunScope } from '../compile/render-scope.ts';
import type { BatchResults } from '../execute/batch-results.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { AuditOptions } from './audit/audit-options.ts';
import type { OnEvent } from './invocation-event.ts';
import type { NodeResult } from './node-result.ts';
import { PLAIN_WARNINGS, type WarningRules } from './warning-rules.ts';

/** What an invocation does with what is selected; `which` of the original. */
export type InvocationCommand = 'build' | 'run' | 'test' | 'seed' | 'snapshot' | 'compile' | 'clone';

/** What is to be run, as the command line writes it. */
export interface SelectionFlags {
  /** Each a selector text; several are a union. Empty: everything. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Name of a selector of `selectors.yml`. */
  readonly selector?: string;
  readonly indirectSelection?: 'eager' | 'cautious' | 'buildable' | 'empty';
  readonly resourceTypes?: readonly string[];
  readonly excludeResourceTypes?: readonly string[];
  /** Folder of an earlier invocation's artifacts, for `state:`, `result:`, `source_status:` and deferral. */
  readonly state?: string;
  /** Exactly these unique ids, whatever else is said: what a retry takes up. */
  readonly only?: ReadonlySet<string>;
}

/** What changes how nodes are run. */
export interface RunFlags {
  readonly fullRefresh: boolean;
  readonly failFast: boolean;
  readonly storeFailures: boolean;
  /** References give no rows: a dry run of schemas. */
  readonly empty: boolean;
  readonly defer: boolean;
  readonly favorState: boolean;
  readonly deferState?: string;
  /** Which warnings are errors. */
  readonly warnings: WarningRules;
  /** ISO instants, for microbatch models. */
  readonly eventTimeStart?: string;
  readonly eventTimeEnd?: string;
  /** `3 days`, or a window: rows of inputs with `event_time` are limited to it. */
  readonly sample?: string;
  /** What a retry takes up: batches stay those of the earlier invocation. */
  readonly retried?: {
    /** ISO instant at which that invocation began. */
    readonly startedAt: string;
    /** By unique id, where some batches were done and others not. */
    readonly batches: ReadonlyMap<string, BatchResults>;
  };
}

export const NO_RUN_FLAGS: RunFlags = {
  fullRefresh: false,
  failFast: false,
  storeFailures: false,
  empty: false,
  defer: false,
  favorState: false,
  warnings: PLAIN_WARNINGS,
};

export interface InvokeOptions {
  readonly project: LoadedProject;
  readonly adapter: Adapter;
  readonly command: InvocationCommand;
  readonly selection: SelectionFlags;
  readonly threads: number;
  readonly flags: RunFlags;
  readonly run: RunScope;
  /** Where names lead, default what is published here. */
  readonly resolution?: Resolution;
  /** Relations of the other environment by unique id, when that is cloned. */
  readonly others?: ReadonlyMap<string, RelationName>;
  /** Write, audit, publish: of a build, what to publish with. Undefined: everything is public as soon as it is built. */
  readonly audit?: AuditOptions;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal;
}

export interface InvocationResult {
  /** In the order they ended. */
  readonly results: readonly NodeResult[];
  readonly elapsedMs: number;
  /** No node failed and nothing was cancelled. */
  readonly succeeded: boolean;
}
