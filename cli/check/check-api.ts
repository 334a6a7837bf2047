import type { HttpSourceDeclaration } from '#shared/pipeline/http-declaration.ts';
import type { RateBuckets } from '#shared/rate-limit/rate-buckets.ts';
import { openHttpSource } from '#shared/sources/http/open-http-source.ts';
import { wordsOf } from './words-of.ts';

/** A check is a handful of calls, so it takes no points from the services that run. */
const UNLIMITED: RateBuckets = {
  bucket: () => ({ take: async () => 0, pause: () => {} }),
  close: async () => {},
};
const TIMEOUT_MS = 20_000;

/** Asks each shard of an API for its slices, token included. @returns what is wrong, shard by shard. */
export async function apiProblems(
  pipeline: string,
  source: HttpSourceDeclaration,
  urls: Readonly<Record<string, string>>,
): Promise<string[]> {
  const ofShards = source.shards.map((shard) => [
    shard,
    urls[`${source.connection}_${shard.toUpperCase()}`] ?? '',
  ]);
  const api = openHttpSource({
    source,
    name: pipeline,
    urls: Object.fromEntries(ofShards),
    buckets: UNLIMITED,
    choices: { get: async () => 'coarse', remember: async () => {} },
    observe: { callEnded: () => {}, breakerChanged: () => {}, rateWaited: () => {} },
  });
  try {
    const checks = source.shards.map((shard) =>
      api.listSlices(shard, AbortSignal.timeout(TIMEOUT_MS)).then(
        ({ slices, refused }) => [
          ...(slices.length === 0 ? [`shard ${shard} lists no slices`] : []),
          ...(refused === null ? [] : [`shard ${shard}: ${refused.count} ids of its listing are none`]),
        ],
        (error: unknown) => [`shard ${shard}: ${wordsOf(error)}`],
      ),
    );
    return (await Promise.all(checks)).flat();
  } finally {
    await api.close();
  }
}
