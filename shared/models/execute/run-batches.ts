import type { LimitOf } from '../compile/compile-model.ts';
import type { RawConfig } from '../project/config-tree.ts';
import { type BatchWindow, batchId, batchName, batchWindows, sizeOf } from './batch-windows.ts';
import { type BuiltNode, isAppended, type NodeRun, runNode } from './run-node.ts';

/** What became of the batches of one model. */
export interface BuiltBatches {
  readonly done: readonly BatchWindow[];
  /** Those that failed, and those that were not begun because the first one failed or the work was stopped. */
  readonly undone: readonly BatchWindow[];
  /** Errors of those that failed, oldest first; the others stand. */
  readonly failures: readonly Error[];
  readonly rowsAffected: number;
  /** SQL of each batch that was built, by the batch's name. */
  readonly code: ReadonlyMap<string, Pick<BuiltNode, 'compiledCode' | 'executedCode'>>;
}

/** What the command line says about time. */
export interface BatchTimes {
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
  /** ISO instant windows end at unless told otherwise: a retry's is that of the invocation it takes up. */
  readonly now?: string | undefined;
  /** Exactly these, into the table that stands: what an earlier invocation left undone. */
  readonly only?: readonly BatchWindow[] | undefined;
}

/** How one batch ended. */
export interface BatchEnd {
  /** `2024-01-05`, as lines and files name it. */
  readonly name: string;
  /** From 1. */
  readonly place: number;
  readonly total: number;
  readonly status: 'success' | 'error' | 'skipped';
  readonly message: string;
  readonly executionMs: number;
}

/**
 * Builds a microbatch model one window of time after the other, each in a transaction of its own, as the original
 * (`task/run.py`, `MicrobatchModelRunner`). What it reads is limited to the window, where the input says which column is its `event_time`. A
 * batch that fails does not take the others down, except the first one: then nothing else is begun. After an abort nothing else is
 * begun either; what is done stands.
 *
 * @throws PenstockError `MODEL_BATCHES_INVALID`.
 */
export async function runBatches(
  work: NodeRun,
  times: BatchTimes,
  onBatch: (end: BatchEnd) => void = () => undefined,
): Promise<BuiltBatches> {
  const batches = new Batches(work, await windowsOf(work, times), times.only !== undefined, onBatch);
  await batches.runAll();
  return batches;
}

async function windowsOf(work: NodeRun, times: BatchTimes): Promise<readonly BatchWindow[]> {
  const { node, connection, run, fullRefresh, project, into } = work;
  if (times.only !== undefined) return times.only;
  const { target } = project.graph.options;
  const incremental =
    !(node.config.fullRefresh ?? fullRefresh) && (await isAppended(node, connection, target, into));
  return batchWindows(node, { ...times, incremental, now: times.now ?? run.runStartedAt });
}

class Batches implements BuiltBatches {
  readonly done: BatchWindow[] = [];
  readonly failures: Error[] = [];
  readonly code = new Map<string, Pick<BuiltNode, 'compiledCode' | 'executedCode'>>();
  rowsAffected = 0;
  readonly #work: NodeRun;
  readonly #windows: readonly BatchWindow[];
  readonly #addsToTable: boolean;
  readonly #onBatch: (end: BatchEnd) => void;
  #isStopped = false;

  constructor(
    work: NodeRun,
    windows: readonly BatchWindow[],
    addsToTable: boolean,
    onBatch: (end: BatchEnd) => void,
  ) {
    this.#work = work;
    this.#windows = windows;
    this.#addsToTable = addsToTable;
    this.#onBatch = onBatch;
  }

  get undone(): BatchWindow[] {
    return this.#windows.filter((window) => !this.done.includes(window));
  }

  async runAll(): Promise<void> {
    for (const place of this.#windows.keys()) await this.#take(place);
  }

  async #take(place: number): Promise<void> {
    const window = this.#windows[place];
    if (window === undefined) return;
    const name = batchName(window, sizeOf(this.#work.node));
    const began = performance.now();
    const tell = (status: BatchEnd['status'], message: string): void => {
      const executionMs = performance.now() - began;
      this.#onBatch({
        ...{ name, status, message, executionMs },
        ...{ place: place + 1, total: this.#windows.length },
      });
    };
    if (this.#isStopped) return tell('skipped', 'SKIPPED');
    try {
      tell('success', await this.#build(window, place, name));
    } catch (error) {
      await this.#work.connection.rollback();
      this.#isStopped = place === 0 || isAbort(error);
      this.failures.push(error instanceof Error ? error : new Error('unknown'));
      tell('error', 'ERROR');
    }
  }

  async #build(window: BatchWindow, place: number, name: string): Promise<string> {
    const batch = batchRun(this.#work, window, place, this.#windows.length, this.#addsToTable);
    const { message, rowsAffected, ...code } = await runNode(batch);
    this.rowsAffected += rowsAffected ?? 0;
    this.done.push(window);
    this.code.set(name, code);
    return message;
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function batchRun(
  work: NodeRun,
  window: BatchWindow,
  place: number,
  count: number,
  addsToTable: boolean,
): NodeRun {
  const id = batchId(window, sizeOf(work.node));
  const [isFirst, isLast] = [place === 0, place === count - 1];
  const batch = { ...window, id, isFirst, isLast, addsToTable: addsToTable || !isFirst };
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
