import type { ClaimedTask, TaskRef } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { heartbeat } from '#shared/ledger/task-leases.ts';
import { taskErrors } from './errors.ts';

/** A task this process works on, and how to stop the work. */
interface Held {
  readonly task: ClaimedTask;
  readonly abort: AbortController;
  cancelled: boolean;
}

/**
 * The tasks this process holds. Their leases are renewed together; those that went elsewhere, or whose run was
 * asked to end, have their signal fired.
 */
export class HeldTasks {
  readonly #held = new Map<string, Held>();
  readonly #ledger: Ledger;
  readonly #owner: string;
  readonly #leaseMs: number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(ledger: Ledger, owner: string, leaseMs: number) {
    this.#ledger = ledger;
    this.#owner = owner;
    this.#leaseMs = leaseMs;
  }

  get count(): number {
    return this.#held.size;
  }

  /** Renews leases three times per lease; a failed renewal is simply tried again. */
  start(onError: (error: unknown) => void): void {
    this.#timer = setInterval(() => {
      this.#beating = this.beat().catch(onError);
    }, this.#leaseMs / 3);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }

  hold(task: ClaimedTask): Held {
    const held = { task, abort: new AbortController(), cancelled: false };
    this.#held.set(keyOf(task), held);
    return held;
  }

  drop(task: TaskRef): void {
    this.#held.delete(keyOf(task));
  }

  async beat(): Promise<void> {
    const refs = [...this.#held.values()].map(({ task }) => ({ taskId: task.taskId, attempt: task.attempt }));
    const { lost, cancelled } = await heartbeat(this.#ledger, this.#owner, this.#leaseMs, refs);
    for (const ref of cancelled) this.#abort(ref, true);
    for (const ref of lost) this.#abort(ref, false);
  }

  #abort(ref: TaskRef, cancelled: boolean): void {
    const held = this.#held.get(keyOf(ref));
    if (held === undefined) return;
    held.cancelled = cancelled;
    held.abort.abort(new PenstockError(taskErrors.leaseLost, { taskId: ref.taskId, attempt: ref.attempt }));
  }
}

const keyOf = (ref: TaskRef): string => `${ref.taskId}/${ref.attempt}`;
