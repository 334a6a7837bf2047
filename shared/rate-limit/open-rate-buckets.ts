import { PenstockError } from '#shared/errors/penstock-error.ts';
import { backendOf } from '#shared/queue/queue-url.ts';
import type { BucketStore } from './bucket-store.ts';
import { rateErrors } from './errors.ts';
import { PostgresBucketStore } from './postgres-bucket-store.ts';
import type { BucketShape, RateBuckets } from './rate-buckets.ts';
import { RedisBucketStore } from './redis-bucket-store.ts';
import { SharedBucket } from './shared-bucket.ts';

const DEFAULT_PATIENCE_MS = 10_000;
const MAX_RATE = 100_000;

export interface RateBucketsOptions {
  /** `redis://`, `rediss://`, `postgres://` or `postgresql://`; on PostgreSQL of the database that has `ops.rate_buckets`. */
  readonly url: string;
  /** Prefix of the keys, so that installations on one Redis stay apart. */
  readonly prefix: string;
  /** How long an absent server is waited for; default 10 s. */
  readonly patienceMs?: number;
  /** Background errors of connections, which are opened again by themselves. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Opens the buckets; connects on first use. Every process that gives the same URL and prefix shares them.
 *
 * @throws PenstockError QUEUE_URL_UNSUPPORTED.
 */
export function openRateBuckets(options: RateBucketsOptions): RateBuckets {
  const onError = options.onError ?? (() => undefined);
  const store =
    backendOf(options.url) === 'redis'
      ? new RedisBucketStore(options.url, options.prefix, onError)
      : new PostgresBucketStore(options.url, onError);
  const keyPrefix = backendOf(options.url) === 'redis' ? '' : `${options.prefix}/`;
  return new OpenRateBuckets(store, keyPrefix, options.patienceMs ?? DEFAULT_PATIENCE_MS);
}

class OpenRateBuckets implements RateBuckets {
  readonly #store: BucketStore;
  readonly #keyPrefix: string;
  readonly #patienceMs: number;
  readonly #buckets = new Map<string, SharedBucket>();

  constructor(store: BucketStore, keyPrefix: string, patienceMs: number) {
    this.#store = store;
    this.#keyPrefix = keyPrefix;
    this.#patienceMs = patienceMs;
  }

  bucket(key: string, shape: BucketShape): SharedBucket {
    checkBucket(key, shape);
    const name = `${this.#keyPrefix}${key}`;
    const identity = `${name} ${shape.ratePerSecond} ${shape.burst}`;
    const known = this.#buckets.get(identity);
    if (known !== undefined) return known;
    const made = new SharedBucket({ store: this.#store, key: name, shape, patienceMs: this.#patienceMs });
    this.#buckets.set(identity, made);
    return made;
  }

  async close(): Promise<void> {
    for (const bucket of this.#buckets.values()) bucket.close();
    await this.#store.close();
  }
}

function checkBucket(key: string, { ratePerSecond, burst }: BucketShape): void {
  const fits =
    /^[A-Za-z0-9._/-]{1,200}$/.test(key) &&
    ratePerSecond > 0 &&
    ratePerSecond <= MAX_RATE &&
    Number.isInteger(burst) &&
    burst >= 1 &&
    burst <= MAX_RATE;
  if (!fits)
    throw new PenstockError(rateErrors.bucketInvalid, { key: key.slice(0, 80), ratePerSecond, burst });
}
