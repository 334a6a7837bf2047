import type { ClaimedTask } from '#shared/contracts/task.ts';
import { supersededError } from '#shared/ledger/guard-attempt.ts';
import { BusyShare } from './busy-share.ts';
import type { LandedBatchSlice } from './land-slices.ts';

/** What a slice brings to a batch. */
export interface CompleteSlice {
  readonly task: ClaimedTask;
  /** Of text, as it is spooled. */
  readonly bytes: number;
  /** A batch of this size is not waited with any longer. */
  readonly targetBytes: number;
  /** Since when its run has been waited for, in milliseconds since 1970. */
  readonly wantedSinceMs: number;
}

interface Waiting<S> {
  readonly slice: S;
  readonly landed: PromiseWithResolvers<LandedBatchSlice>;
}

interface OpenBatch<S> {
  readonly key: string;
  readonly waiting: Waiting<S>[];
  bytes: number;
  readonly openedAtMs: number;
  readonly wantedSinceMs: number;
  timer: NodeJS.Timeout | undefined;
  /** It waits for nothing but its turn. */
  isDue: boolean;
}

/** How long a batch waits for more slices. */
export interface BatchLimits {
  /** Since its last slice. */
  readonly idleMs: number;
  /** Since its first slice, early in a run. */
  readonly shortestMs: number;
  /** The same, at most. */
  readonly longestMs: number;
  /** Bytes of all open batches together beyond which the largest is landed at once; twice as many may be held with those that land. */
  readonly maxHeldBytes: number;
}

/** Lands slices together. Answers by task id; a slice it does not answer for belongs to another attempt by now. */
export type LandTogether<S> = (slices: readonly S[]) => Promise<ReadonlyMap<string, LandedBatchSlice>>;

/** Of the time its run has been waited for, a batch may add so much. */
const SHARE_OF_RUN = 0.1;
/** Of the last seconds, landings may have taken so much before batches wait as long as they may. */
const SHARE_OF_LANDING = 0.15;

/**
 * Collects the complete slices of one run, stream and shard, so that many small ones become one file and one load. A batch is due
 * when it is large enough, when no slice has come for a while, or when the process drains. Batches land one at a time, and one that is
 * due goes on taking slices until it is its turn: the busier landing is, the more become one file.
 */
export class SliceBatches<S extends CompleteSlice> {
  readonly #land: LandTogether<S>;
  readonly #limits: BatchLimits;
  /** Those that take slices. */
  readonly #open = new Map<string, OpenBatch<S>>();
  /** Batches that are due, one after the other. */
  #landing: Promise<void> = Promise.resolve();
  #heldBytes = 0;
  readonly #busy = new BusyShare(performance.now());
  #draining = false;

  constructor(land: LandTogether<S>, limits: BatchLimits) {
    this.#land = land;
    this.#limits = limits;
  }

  /** Whether more is held than should be: whoever reads faster than batches land would hold ever more. */
  get isFull(): boolean {
    return this.#heldBytes > 2 * this.#limits.maxHeldBytes;
  }

  /**
   * Adds a complete slice. Resolves once it is durable and in the ledger.
   *
   * @throws what landing threw; no slice of the batch is landed then.
   */
  add(slice: S): Promise<LandedBatchSlice> {
    const key = keyOf(slice.task);
    const batch = this.#open.get(key) ?? this.#begin(key, slice);
    const waiting = { slice, landed: Promise.withResolvers<LandedBatchSlice>() };
    batch.waiting.push(waiting);
    batch.bytes += slice.bytes;
    this.#heldBytes += slice.bytes;
    const isLarge = batch.bytes >= slice.targetBytes;
    if (isLarge) this.#open.delete(key);
    if (isLarge || this.#draining) this.#makeDue(batch);
    else this.#wait(batch);
    if (this.#waitingBytes() > this.#limits.maxHeldBytes) this.#makeLargestDue();
    return waiting.landed.promise;
  }

  /** Lands what waits, and from now on every slice as it comes. */
  drain(): void {
    this.#draining = true;
    for (const batch of this.#notDue()) this.#makeDue(batch);
  }

  #begin(key: string, { wantedSinceMs }: S): OpenBatch<S> {
    const batch = {
      ...{ key, waiting: [], bytes: 0, openedAtMs: Date.now(), wantedSinceMs },
      ...{ timer: undefined, isDue: false },
    };
    this.#open.set(key, batch);
    return batch;
  }

  #wait(batch: OpenBatch<S>): void {
    if (batch.isDue) return;
    clearTimeout(batch.timer);
    const { idleMs } = this.#limits;
    const left = batch.openedAtMs + this.#longestMs(batch) - Date.now();
    batch.timer = setTimeout(() => this.#makeDue(batch), Math.max(0, Math.min(idleMs, left)));
  }

  /**
   * A batch opened early in a run waits less: what it adds to the time of a small customer is then a small part of it. Not where
   * landing would be kept busy by that, since then all customers wait for it.
   */
  #longestMs({ openedAtMs, wantedSinceMs }: OpenBatch<S>): number {
    const { shortestMs, longestMs } = this.#limits;
    if (this.#busy.at(performance.now()) > SHARE_OF_LANDING) return longestMs;
    const ofRun = (openedAtMs - wantedSinceMs) * SHARE_OF_RUN;
    return Math.min(longestMs, Math.max(shortestMs, ofRun));
  }

  #notDue(): OpenBatch<S>[] {
    return [...this.#open.values()].filter(({ isDue }) => !isDue);
  }

  #waitingBytes(): number {
    return this.#notDue().reduce((total, { bytes }) => total + bytes, 0);
  }

  #makeLargestDue(): void {
    const [largest] = this.#notDue().sort((a, b) => b.bytes - a.bytes);
    if (largest !== undefined) this.#makeDue(largest);
  }

  #makeDue(batch: OpenBatch<S>): void {
    clearTimeout(batch.timer);
    if (batch.isDue) return;
    batch.isDue = true;
    // One at a time: a conversion takes every core it is given.
    this.#landing = this.#landing.then(() => this.#landBatch(batch));
  }

  async #landBatch(batch: OpenBatch<S>): Promise<void> {
    if (this.#open.get(batch.key) === batch) this.#open.delete(batch.key);
    const { waiting, bytes } = batch;
    const begunMs = performance.now();
    try {
      const landed = await this.#land(waiting.map(({ slice }) => slice));
      for (const { slice, landed: told } of waiting) {
        const answer = landed.get(slice.task.taskId);
        if (answer === undefined) told.reject(supersededError(slice.task));
        else told.resolve(answer);
      }
    } catch (error) {
      for (const { landed: told } of waiting) told.reject(error);
    } finally {
      this.#heldBytes -= bytes;
      const nowMs = performance.now();
      this.#busy.add(nowMs - begunMs, nowMs);
    }
  }
}

const keyOf = ({ runId, stream, shard }: ClaimedTask): string => JSON.stringify([runId, stream, shard]);
