import type { LimitOf } from '../compile/compile-model.ts';
import type { RawConfig } from '../project/config-tree.ts';
import { type BatchWindow, batchWindows } from './batch-windows.ts';
import { type BuiltNode, isAppended, type NodeRun, runNode } from './run-node.ts';

/** What became of the batches of one model. */
export interface BuiltBatches extends BuiltNode {
  readonly batches: number;
  /** Errors of those that failed, oldest first; the others stand. */
  readonly failures: readonly Error[];
}

/**
 * Builds a microbatch model one window of time after the other. What it reads is limited to the window, where the input says
 * which column is its `event_time`. A batch that fails does not take the others down.
 *
 * @throws PenstockError `MODEL_BATCHES_INVALID`; the first batch's error when every batch failed.
 */
export async function runBatches(
  work: NodeRun,
  times: { readonly eventTimeStart?: string | undefined; readonly eventTimeEnd?: string | undefined },
): Promise<BuiltBatches> {
  const { node, connection, run, fullRefresh } = work;
  const incremental = !(node.config.fullRefresh ?? fullRefresh) && (await isAppended(node, connection));
  const windows = batchWindows(node, { ...times, incremental, now: run.runStartedAt });
  const failures: Error[] = [];
  let last: BuiltNode | undefined;
  let rowsAffected = 0;
  for (const window of windows) {
    try {
      // Only what is built first replaces the table; the next batches are added to it.
      const refreshed = fullRefresh && last === undefined;
      last = await runNode({ ...work, fullRefresh: refreshed, limitOf: within(window) });
      rowsAffected += last.rowsAffected ?? 0;
    } catch (error) {
      await connection.rollback();
      failures.push(error instanceof Error ? error : new Error('unknown'));
    }
  }
  if (last === undefined && failures[0] !== undefined) throw failures[0];
  const { message = 'OK', compiledCode = '' } = last ?? {};
  return { message, compiledCode, rowsAffected, batches: windows.length, failures };
}

function within({ start, end }: BatchWindow): LimitOf {
  const text = (date: Date): string =>
    date
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, '+00:00');
  return (read) => {
    const config: RawConfig = 'config' in read ? read.config.raw : read.properties.config;
    const column = config['event_time'];
    if (typeof column !== 'string') return undefined;
    return (printed) =>
      `(select * from ${printed} where ${column} >= '${text(start)}' and ${column} < '${text(end)}')`;
  };
}

/** True for an incremental model that is built in batches. */
export const isMicrobatch = ({ config }: NodeRun['node']): boolean =>
  config.materialized === 'incremental' && config.raw['incremental_strategy'] === 'microbatch';
