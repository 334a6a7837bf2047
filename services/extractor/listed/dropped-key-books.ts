import type { ClaimedTask } from '#shared/contracts/task.ts';
import { replaceDroppedKeys } from '#shared/ledger/dropped-keys.ts';
import { type DroppedKeys, recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';

/** Runs and streams whose books are kept open at once; older ones have been written by then. */
const MAX_OPEN = 32;

type OfStream = Pick<ClaimedTask, 'runId' | 'pipeline' | 'stream'>;

/** What this process drops, by run and stream: one recorder for all slices, since a key's name may be told only of many entities. */
export class DroppedKeyBooks {
  readonly #runtime: Pick<ServiceRuntime, 'ledger' | 'processId'>;
  readonly #open = new Map<string, DroppedKeys>();

  constructor(runtime: Pick<ServiceRuntime, 'ledger' | 'processId'>) {
    this.#runtime = runtime;
  }

  /** The recorder of a run's stream. */
  of(task: OfStream): DroppedKeys {
    const key = keyOf(task);
    const book = this.#open.get(key) ?? recordDroppedKeys();
    this.#open.delete(key);
    this.#open.set(key, book);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return book;
  }

  /** Writes what was dropped so far into the ledger. */
  async write(task: OfStream): Promise<void> {
    const book = this.#open.get(keyOf(task));
    if (book === undefined) return;
    const { runId, pipeline, stream } = task;
    const counts = book.snapshot().map(({ path, ...rest }) => ({ parent: path, ...rest }));
    const { ledger, processId } = this.#runtime;
    await replaceDroppedKeys(ledger, { runId, pipeline, stream, processId }, counts);
  }
}

const keyOf = ({ runId, stream }: OfStream): string => `${runId}/${stream}`;
