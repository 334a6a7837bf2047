import { DEFAULT_SHARD } from '#shared/contracts/jobs.ts';

/** One slice to extract. */
export interface PlannedSlice {
  readonly stream: string;
  /** `''` where a stream has one slice. */
  readonly slice: string;
  readonly shard: string;
}

/** The slices of streams. A database stream has one, on the shard every extractor serves. */
export function slicesOf(streams: readonly string[]): PlannedSlice[] {
  return streams.map((stream) => ({ stream, slice: '', shard: DEFAULT_SHARD }));
}
