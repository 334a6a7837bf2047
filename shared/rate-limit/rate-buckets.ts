/** How fast a bucket fills and how much it holds. */
export interface BucketShape {
  /** Points a second, above 0; fractions are allowed. */
  readonly ratePerSecond: number;
  /** Points that may be taken at once from a full bucket; a whole number, at least 1. */
  readonly burst: number;
}

/** One token bucket, shared by every process that names it. */
export interface RateBucket {
  /**
   * Waits for a point and takes it. First come, first served within the process.
   *
   * @returns milliseconds waited.
   * @throws the signal's reason when it aborts; PenstockError RATE_STORE_UNREACHABLE when the server that keeps the
   *   buckets stays away, RATE_STORE_REFUSED when it refuses.
   */
  take(signal?: AbortSignal): Promise<number>;
  /** Hands out nothing in this process for this long from now; a longer pause that already holds stays. */
  pause(pauseMs: number): void;
}

/**
 * Token buckets that hold across all workers and processes on one server. Over any time `t` a bucket hands out at most
 * `burst + ratePerSecond * t` points to all of them together, by the clock of that server.
 */
export interface RateBuckets {
  /**
   * @param key names the bucket, e.g. `fleet/s1`: 1 to 200 characters of `A-Z a-z 0-9 . _ / -`.
   * @param shape the same in every process; while it differs, each process counts by its own.
   * @throws PenstockError RATE_BUCKET_INVALID.
   */
  bucket(key: string, shape: BucketShape): RateBucket;
  /** Ends all waiting with RATE_BUCKETS_CLOSED and disconnects. */
  close(): Promise<void>;
}
