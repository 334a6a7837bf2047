import { afterEach } from 'vitest';
import type {
  HttpLimits,
  HttpPeriodStreamDeclaration,
  HttpSourceDeclaration,
} from '#shared/pipeline/http-declaration.ts';
import type { RateBuckets } from '#shared/rate-limit/rate-buckets.ts';
import type { EndedCall, HttpObserver, HttpSource, SliceRead } from '#shared/sources/http/http-source.ts';
import { openHttpSource } from '#shared/sources/http/open-http-source.ts';
import { type ShardHandler, TestShard } from './http-shard.ts';
import {
  FullBuckets,
  MemoryChoices,
  periodStream,
  snapshotStream,
  sourceDeclaration,
} from './http-source-parts.ts';

/** What a test works with. */
export interface HttpBench {
  readonly shard: TestShard;
  readonly source: HttpSource;
  readonly buckets: FullBuckets;
  readonly choices: MemoryChoices;
  /** Calls on the wire that have ended. */
  readonly calls: EndedCall[];
  readonly breaker: string[];
  snapshot(slice?: string, signal?: AbortSignal): SliceRead;
  period(days: readonly string[], stream?: HttpPeriodStreamDeclaration, slice?: string): SliceRead;
}

export interface BenchOptions {
  readonly limits?: Partial<HttpLimits>;
  readonly source?: Partial<HttpSourceDeclaration>;
  readonly buckets?: RateBuckets;
  readonly url?: string;
}

/** Starts a shard and opens a source on it; both are stopped after the test. */
export function useHttpBench(): (handler: ShardHandler, options?: BenchOptions) => Promise<HttpBench> {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return async (handler, options = {}) => {
    const shard = await TestShard.start(handler);
    open.push(() => shard.stop());
    const bench = benchOn(shard, options);
    open.push(() => bench.source.close());
    return bench;
  };
}

function benchOn(shard: TestShard, options: BenchOptions): HttpBench {
  const buckets = new FullBuckets();
  const choices = new MemoryChoices();
  const calls: EndedCall[] = [];
  const breaker: string[] = [];
  const observe: HttpObserver = {
    callEnded: (call) => void calls.push(call),
    breakerChanged: ({ state }) => void breaker.push(state),
    rateWaited: () => undefined,
  };
  const source = openHttpSource({
    source: { ...sourceDeclaration(options.limits), ...options.source },
    name: 'fleet',
    urls: { s1: options.url ?? shard.url },
    buckets: options.buckets ?? buckets,
    choices,
    observe,
  });
  const never = new AbortController().signal;
  return {
    shard,
    source,
    buckets,
    choices,
    calls,
    breaker,
    snapshot: (slice = 'c-1', signal = never) =>
      source.readSnapshot({
        stream: snapshotStream,
        streamName: 'device_states',
        shard: 's1',
        slice,
        signal,
      }),
    period: (days, stream = periodStream, slice = 'c-1') =>
      source.readPeriod({ stream, streamName: 'daily_aggregates', shard: 's1', slice, days, signal: never }),
  };
}
