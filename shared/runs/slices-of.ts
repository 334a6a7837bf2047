import { DEFAULT_SHARD } from '#shared/contracts/jobs.ts';
import { shardQueueOf } from '#shared/contracts/names.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';

/** One slice to extract. */
export interface PlannedSlice {
  readonly stream: string;
  /** `''` where a stream has one slice. */
  readonly slice: string;
  readonly shard: string;
}

/** One shard to ask for its slices, before any of them can be extracted. */
export interface PlannedDiscovery {
  readonly source: string;
  readonly shard: string;
}

/** What a run begins with. */
export interface Beginning {
  readonly slices: readonly PlannedSlice[];
  readonly discoveries: readonly PlannedDiscovery[];
}

/** Whether a stream's slices are asked for at its source. */
export function isListed(pipeline: PipelineDeclaration, stream: string): boolean {
  const source = pipeline.streams[stream]?.source;
  return source !== undefined && pipeline.sources[source]?.kind === 'http';
}

/** The slices of streams that have one, on the shard every extractor serves; the shards that list the others. */
export function beginningOf(pipeline: PipelineDeclaration, streams: readonly string[]): Beginning {
  const slices = streams
    .filter((stream) => !isListed(pipeline, stream))
    .map((stream) => ({ stream, slice: '', shard: DEFAULT_SHARD }));
  const sources = new Set(
    streams
      .filter((stream) => isListed(pipeline, stream))
      .map((stream) => pipeline.streams[stream]?.source ?? ''),
  );
  const discoveries = [...sources].sort().flatMap((source) => {
    const declared = pipeline.sources[source];
    return declared?.kind === 'http' ? declared.shards.map((shard) => ({ source, shard })) : [];
  });
  return { slices, discoveries };
}

/** The `shard` of tasks that read a source's shard: the limits are the API's, so its connection names the queue. */
export function taskShardOf(pipeline: PipelineDeclaration, { source, shard }: PlannedDiscovery): string {
  const declared = pipeline.sources[source];
  return shardQueueOf(declared?.connection ?? source, shard);
}
