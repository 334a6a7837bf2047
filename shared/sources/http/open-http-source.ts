import { PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';
import type {
  HttpSource,
  HttpSourceOptions,
  PeriodReadOptions,
  RawBatch,
  ShardListing,
  SliceRead,
  SnapshotReadOptions,
} from './http-source.ts';
import { listSlices } from './list-slices.ts';
import { checkPeriodStream, readPeriod } from './read-period.ts';
import { readSnapshot } from './read-snapshot.ts';
import { ShardClient } from './shard-client.ts';
import { ShardGate } from './shard-gate.ts';
import { parseShardUrl } from './shard-url.ts';
import { runSlice, SliceRun, type SliceRunOptions } from './slice-run.ts';
import { StatsCollector } from './stats-collector.ts';

/** Whose slots the listing of slices takes: nobody's. No slice has such an id. */
const NO_SLICE = ' slices';

/**
 * Opens an API behind several shards. Connects on the first call of a shard. One source is shared by all tasks of a process:
 * connections, token, breaker and fairness are per shard.
 *
 * @throws PenstockError HTTP_SOURCE_INVALID naming every shard whose URL is missing or wrong; RATE_BUCKET_INVALID.
 */
export function openHttpSource(options: HttpSourceOptions): HttpSource {
  return new OpenHttpSource(options, clientsOf(options));
}

function clientsOf({ source, name, urls, buckets, observe }: HttpSourceOptions): Map<string, ShardClient> {
  const clients = new Map<string, ShardClient>();
  const problems: string[] = [];
  for (const shard of source.shards) {
    const given = urls[shard];
    const url = given === undefined ? 'has no URL' : parseShardUrl(given);
    if (typeof url === 'string') {
      problems.push(`${shard} ${url}`);
      continue;
    }
    const { requestsPerSecond: ratePerSecond, burst } = source.limits;
    // By connection, not by pipeline: whoever calls the same API shares its rate.
    const bucket = buckets.bucket(`${source.connection}/${shard}`, { ratePerSecond, burst });
    const gate = new ShardGate({ shard, limits: source.limits, bucket, observe });
    clients.set(shard, new ShardClient({ shard, url, source, userAgent: `penstock/${name}`, gate }));
  }
  if (problems.length === 0) return clients;
  throw new PenstockError(httpErrors.sourceInvalid, { problems: problems.join('; ') });
}

class OpenHttpSource implements HttpSource {
  readonly #options: HttpSourceOptions;
  readonly #clients: ReadonlyMap<string, ShardClient>;
  readonly #closing = new AbortController();

  constructor(options: HttpSourceOptions, clients: ReadonlyMap<string, ShardClient>) {
    this.#options = options;
    this.#clients = clients;
  }

  async listSlices(shard: string, signal: AbortSignal): Promise<ShardListing> {
    const client = this.#clientOf(shard);
    const run = new SliceRun(this.#run(shard, NO_SLICE, signal, new StatsCollector()));
    try {
      return await listSlices(client, this.#options.source.slices, run.context);
    } finally {
      run.end();
    }
  }

  readSnapshot(options: SnapshotReadOptions): SliceRead {
    const { shard, slice, signal } = options;
    const client = this.#clientOf(shard);
    const stats = new StatsCollector();
    const run = this.#run(shard, slice, signal, stats);
    return readOf(
      stats,
      runSlice(run, (context) => readSnapshot(client, options, stats, context)),
    );
  }

  readPeriod(options: PeriodReadOptions): SliceRead {
    const { shard, slice, signal } = options;
    const { choices, source } = this.#options;
    checkPeriodStream(options.stream);
    const stats = new StatsCollector();
    const read = { client: this.#clientOf(shard), options, choices, lanes: source.limits.connections, stats };
    const run = this.#run(shard, slice, signal, stats);
    return readOf(
      stats,
      runSlice(run, (context) => readPeriod(read, context)),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  #clientOf(shard: string): ShardClient {
    const client = this.#clients.get(shard);
    if (client === undefined) {
      throw new PenstockError(httpErrors.sourceInvalid, { problems: `${shard} is not declared` });
    }
    return client;
  }

  #run(shard: string, slice: string, signal: AbortSignal, stats: StatsCollector): SliceRunOptions {
    const { sliceTimeoutMs: timeoutMs } = this.#options.source.limits;
    return { shard, slice, signal, closing: this.#closing.signal, timeoutMs, stats };
  }
}

function readOf(stats: StatsCollector, batches: AsyncGenerator<RawBatch, void, undefined>): SliceRead {
  return { [Symbol.asyncIterator]: () => batches, stats: () => stats.stats() };
}
