import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { HttpLimits } from '#shared/pipeline/http-declaration.ts';
import type { RateBucket } from '#shared/rate-limit/rate-buckets.ts';
import type { CallsNeeded } from './calls-needed.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { httpErrors } from './errors.ts';
import { FairSlots } from './fair-slots.ts';
import type { EndedCall, HttpObserver } from './http-source.ts';
import { type CallKind, WireCall } from './wire-call.ts';

export interface ShardGateOptions {
  readonly shard: string;
  readonly limits: HttpLimits;
  readonly bucket: RateBucket;
  readonly observe: HttpObserver;
}

/** Whose call it is. */
export interface CallOwner {
  /** Shares the slots, and is blamed for its own failures. */
  readonly slice: string;
  readonly calls: CallsNeeded;
  readonly signal: AbortSignal;
  readonly report?: (call: EndedCall) => void;
}

/** All that decides whether and when a call of a shard may be made: breaker, slots, rate. */
export class ShardGate {
  readonly #options: ShardGateOptions;
  readonly #breaker: CircuitBreaker;
  readonly #slots: FairSlots;

  constructor(options: ShardGateOptions) {
    const { shard, limits, observe } = options;
    this.#options = options;
    this.#slots = new FairSlots(limits.connections);
    const onChange = (state: 'closed' | 'open' | 'half-open'): void =>
      observe.breakerChanged({ shard, state });
    this.#breaker = new CircuitBreaker({ ...limits.breaker, onChange });
  }

  /**
   * Waits for a slot and a point of the rate, in this order: a point is used as soon as it is there.
   *
   * @returns gives the slot back; to be called once.
   * @throws PenstockError HTTP_SHARD_DOWN, at once, also when the shard goes down while others are waited for; RATE_*.
   */
  async admit(owner: CallOwner, facts: Facts): Promise<() => void> {
    this.#checkUp(facts);
    const release = await this.#slots.acquire(owner.slice, owner.calls.needed, owner.signal);
    owner.calls.made += 1;
    try {
      this.#checkUp(facts);
      await this.takePoint(owner.signal);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  async takePoint(signal: AbortSignal): Promise<void> {
    const { bucket, observe, shard } = this.#options;
    const ms = await bucket.take(signal);
    observe.rateWaited({ shard, ms });
  }

  /** Begins a call that goes out now. @throws PenstockError HTTP_SHARD_DOWN. */
  begin(call: CallKind, owner: Omit<CallOwner, 'calls'>): WireCall {
    const { shard, limits, observe } = this.#options;
    const permit = this.#breaker.enter(owner.slice);
    if (permit === undefined) throw down(call.facts);
    const report = (ended: EndedCall): void => {
      owner.report?.(ended);
      observe.callEnded(ended);
    };
    const { signal } = owner;
    return new WireCall({ ...call, shard, permit, timeoutMs: limits.requestTimeoutMs, signal, report });
  }

  /** The API said that there were too many calls. */
  backOff(pauseMs: number): void {
    this.#options.bucket.pause(pauseMs);
  }

  #checkUp(facts: Facts): void {
    if (!this.#breaker.passable) throw down(facts);
  }
}

function down(facts: Facts): PenstockError {
  return new PenstockError(httpErrors.shardDown, facts);
}
