import type { BatchEnd } from '../execute/run-batches.ts';
import type { NodeResult, ResultCounts, WorkKind } from './node-result.ts';

/** What an invocation tells while it runs; the caller turns it into lines. */
export type InvocationEvent =
  | {
      readonly type: 'planned';
      /** How many of each kind will run. */
      readonly kinds: Readonly<Partial<Record<WorkKind, number>>>;
      readonly total: number;
      readonly threads: number;
    }
  | {
      readonly type: 'node-started';
      readonly node: NodeLabel;
      readonly index: number;
      readonly total: number;
    }
  | {
      readonly type: 'node-finished';
      readonly result: NodeResult;
      readonly index: number;
      readonly total: number;
    }
  | { readonly type: 'batch-finished'; readonly node: NodeLabel; readonly batch: BatchEnd }
  | {
      readonly type: 'message';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly text: string;
      /** Unique id of the node whose template spoke, null outside of nodes. */
      readonly node: string | null;
      /** `print()` of a template: shown even when quiet. */
      readonly print: boolean;
    }
  | { readonly type: 'finished'; readonly counts: ResultCounts; readonly elapsedMs: number };

/** A node as lines name it. */
export interface NodeLabel {
  readonly uniqueId: string;
  readonly kind: WorkKind;
  readonly label: string;
  readonly noun: string;
}

export type OnEvent = (event: InvocationEvent) => void;
