/** What a store is asked: the bucket in whole microseconds, so that every process computes the same. */
export interface PointsAsked {
  /** Time in which one point grows, rounded up: never faster than declared. */
  readonly intervalMicros: number;
  readonly burst: number;
  /** Points wanted, at least 1; fewer may be given. */
  readonly wanted: number;
}

export interface PointsTaken {
  readonly granted: number;
  /** Until the next point is there, by the server's clock. 0 when it already is. */
  readonly waitMs: number;
}

/**
 * Where buckets stand. A bucket is one number: the instant at which it is full again. Taking a point moves it one interval
 * into the future, and a point may be taken while the instant lies less than `burst` intervals ahead.
 */
export interface BucketStore {
  /**
   * Takes at once what is there, up to `wanted`; atomic over all processes.
   *
   * @throws PenstockError; a retryable one when the server may answer later.
   */
  take(key: string, asked: PointsAsked): Promise<PointsTaken>;
  close(): Promise<void>;
}
