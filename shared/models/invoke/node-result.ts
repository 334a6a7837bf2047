import type { BatchResults } from '../execute/batch-results.ts';

/** How a node ended, in the original's words (`artifacts/schemas/results.py`). */
export type NodeStatus =
  | 'success'
  | 'error'
  | 'skipped'
  | 'partial success'
  | 'pass'
  | 'warn'
  | 'fail'
  | 'no-op'
  | 'runtime error';

export type WorkKind =
  | 'model'
  | 'seed'
  | 'snapshot'
  | 'test'
  | 'unit_test'
  | 'source'
  | 'exposure'
  | 'operation'
  | 'analysis';

/** One step of a node: `compile` or `execute`; ISO instants. */
export interface Timing {
  readonly name: 'compile' | 'execute';
  readonly startedAt: string;
  readonly completedAt: string;
}

/** What running a node gave, as its runner tells it. */
export interface NodeOutcome {
  readonly status: NodeStatus;
  /** As the server tells it (`SELECT 12`), or the error's or failing test's text; null when there is nothing to say. */
  readonly message: string | null;
  /** Of tests: how many rows failed. Else null. */
  readonly failures: number | null;
  readonly rowsAffected: number | null;
  readonly compiledCode: string | null;
  readonly timing?: readonly Timing[];
  /** Relation as SQL names it, null where there is none. */
  readonly relationName?: string | null;
  /** What the server said of a node's own statement, where that is not the message. */
  readonly response?: string;
  /** The statement that made the relation or its rows. */
  readonly executedCode?: string | null;
  /** SQL of each batch of a microbatch model, by the batch's name. */
  readonly batchCode?: ReadonlyMap<
    string,
    { readonly compiledCode: string; readonly executedCode: string | null }
  >;
  /** Batches of a microbatch model, as `run_results.json` has them. */
  readonly batchResults?: BatchResults;
}

/** An outcome with who it is of, and when. */
export interface NodeResult extends NodeOutcome {
  readonly uniqueId: string;
  readonly kind: WorkKind;
  /** For people: `schema.table`, or a test's name. */
  readonly label: string;
  /** For people: `table model`, `test`, `seed file`. */
  readonly noun: string;
  readonly timing: readonly Timing[];
  /** `Thread-1`, … */
  readonly threadId: string;
  readonly executionMs: number;
}

/** Counts of the closing line, in its order. */
export interface ResultCounts {
  readonly pass: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
  readonly noOp: number;
  readonly total: number;
}

type Counted = Exclude<keyof ResultCounts, 'total'>;

const COUNTED: Readonly<Record<NodeStatus, Counted>> = {
  success: 'pass',
  pass: 'pass',
  warn: 'warn',
  error: 'error',
  fail: 'error',
  'runtime error': 'error',
  'partial success': 'error',
  skipped: 'skip',
  'no-op': 'noOp',
};

/** As the original counts its closing line (`task/printer.py`); a half-done microbatch model is an error. */
export function countResults(results: readonly { readonly status: NodeStatus }[]): ResultCounts {
  const counts = { pass: 0, warn: 0, error: 0, skip: 0, noOp: 0 };
  for (const { status } of results) counts[COUNTED[status]] += 1;
  return { ...counts, total: results.length };
}

/** True for what makes an invocation fail: exit code 1. */
export const isFailure = ({ status }: { readonly status: NodeStatus }): boolean =>
  COUNTED[status] === 'error';
