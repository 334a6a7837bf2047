import type { Pipelines } from '#shared/config/load-pipelines.ts';
import { shardQueueOf } from '#shared/contracts/names.ts';

/** A shard that lists its slices, and what its queue may do at once. */
export interface ListedShard {
  /** `shard` of its tasks, e.g. `fleet-s1`; names its queue. */
  readonly queueShard: string;
  /** Slices read at once, over all processes. */
  readonly concurrency: number;
}

/** The shards of every HTTP source, each once: pipelines that read one API share its queue and the tighter of their limits. */
export function listedShards(pipelines: Pipelines): ListedShard[] {
  const found = new Map<string, ListedShard>();
  for (const pipeline of pipelines.values()) {
    for (const source of Object.values(pipeline.sources)) {
      if (source.kind !== 'http') continue;
      for (const shard of source.shards) {
        const queueShard = shardQueueOf(source.connection, shard);
        const other = found.get(queueShard)?.concurrency ?? source.limits.concurrency;
        found.set(queueShard, { queueShard, concurrency: Math.min(other, source.limits.concurrency) });
      }
    }
  }
  return [...found.values()];
}
