import type { ClaimedTask } from '#shared/contracts/task.ts';
import { Coalescer } from '#shared/ledger/coalescer.ts';
import type { Queryable } from '#shared/ledger/queryable.ts';
import { type AskedRun, getRun } from '#shared/ledger/runs.ts';
import { getCursors } from '#shared/ledger/watermarks.ts';

/** Runs that are remembered. */
const MAX_RUNS = 32;
const MAX_BATCH = 500;

/** What the ledger knows of slices before they are read. A run has hundreds of them, so neither is asked for one by one. */
export class SliceFacts {
  readonly #ledger: Queryable;
  readonly #runs = new Map<string, Promise<AskedRun | undefined>>();
  readonly #cursors: Coalescer<ClaimedTask, { readonly cursor: bigint | null }>;

  constructor(ledger: Queryable) {
    this.#ledger = ledger;
    this.#cursors = new Coalescer({
      together: async (tasks) => (await getCursors(ledger, tasks)).map((cursor) => ({ cursor })),
      keyOf: ({ taskId }) => taskId,
      maxBatch: MAX_BATCH,
      isOneItemsFault: () => false,
    });
  }

  /** @returns undefined when the ledger has no such run. */
  async run(runId: string): Promise<AskedRun | undefined> {
    const asked = this.#runs.get(runId) ?? this.#ask(runId);
    try {
      const run = await asked;
      if (run === undefined) this.#runs.delete(runId);
      return run;
    } catch (error) {
      this.#runs.delete(runId);
      throw error;
    }
  }

  /** The cursor of a slice's watermark as it is now, null before its first window has settled. */
  async cursor(task: ClaimedTask): Promise<bigint | null> {
    return (await this.#cursors.add(task)).cursor;
  }

  #ask(runId: string): Promise<AskedRun | undefined> {
    const asked = getRun(this.#ledger, runId);
    this.#runs.set(runId, asked);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MAX_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    return asked;
  }
}
