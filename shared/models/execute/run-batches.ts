import type { LimitOf } from '../compile/compile-model.ts';
import type { RawConfig } from '../project/config-tree.ts';
import { type BatchWindow, batchId, batchWindows, sizeOf } from './batch-windows.ts';
import { type BuiltNode, isAppended, type NodeRun, runNode } from './run-node.ts';

/** What became of the batches of one model. */
export interface BuiltBatches extends BuiltNode {
  readonly batches: number;
  readonly done: readonly BatchWindow[];
  /** Those that failed, and those that were not begun because the first one failed. */
  readonly undone: readonly BatchWindow[];
  /** Errors of those that failed, oldest first; the others stand. */
  readonly failures: readonly Error[];
}

/** What the command line says about time. */
interface BatchTimes {
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
}

/**
 * Builds a microbatch model one window of time after the other, each in a transaction of its own, as the original
 * (`task/run.py`, `MicrobatchModelRunner`). What it reads is limited to the window, where the input says which column is its `event_time`. A
 * batch that fails does not take the others down, except the first one: then nothing else is begun.
 *
 * @throws PenstockError `MODEL_BATCHES_INVALID`; the first batch's error when no batch was built; the signal's reason.
 */
export async function runBatches(work: NodeRun, times: BatchTimes): Promise<BuiltBatches> {
  const { node, connection, run, fullRefresh } = work;
  const incremental = !(node.config.fullRefresh ?? fullRefresh) && (await isAppended(node, connection));
  const windows = batchWindows(node, { ...times, incremental, now: run.runStartedAt });
  const failures: Error[] = [];
  const done: BatchWindow[] = [];
  let last: BuiltNode = { message: 'OK', compiledCode: '', rowsAffected: null };
  let rowsAffected = 0;
  for (const [place, window] of windows.entries()) {
    try {
      last = await runNode(batchRun(work, window, place, windows.length));
      rowsAffected += last.rowsAffected ?? 0;
      done.push(window);
    } catch (error) {
      await connection.rollback();
      if (place === 0 || isAbort(error)) throw error;
      failures.push(error instanceof Error ? error : new Error('unknown'));
    }
  }
  const undone = windows.filter((window) => !done.includes(window));
  return { ...last, rowsAffected, batches: windows.length, done, undone, failures };
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function batchRun(work: NodeRun, window: BatchWindow, place: number, count: number): NodeRun {
  const id = batchId(window, sizeOf(work.node));
  const batch = { ...window, id, isFirst: place === 0, isLast: place === count - 1 };
  return { ...work, batch, limitOf: within(window, work.limitOf) };
}

/** @param outer what `--empty` or `--sample` leave of an input. */
function within({ start, end }: BatchWindow, outer: LimitOf | undefined): LimitOf {
  const text = (date: Date): string =>
    date
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, '+00:00');
  return (read) => {
    const config: RawConfig = 'rawConfig' in read ? read.rawConfig : read.config.raw;
    const column = config['event_time'];
    const limited = outer?.(read);
    if (typeof column !== 'string') return limited;
    return (printed) =>
      `(select * from ${limited?.(printed) ?? printed} where ${column} >= '${text(start)}' and ${column} < '${text(end)}')`;
  };
}

/** True for an incremental model that is built in batches. */
export const isMicrobatch = ({ config }: NodeRun['node']): boolean =>
  config.materialized === 'incremental' && config.raw['incremental_strategy'] === 'microbatch';
