import { listedSliceKey } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { chosenWay, rememberWay } from '#shared/ledger/source-choices.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { HttpSourceDeclaration } from '#shared/pipeline/http-declaration.ts';
import { openRateBuckets } from '#shared/rate-limit/open-rate-buckets.ts';
import type { RateBuckets } from '#shared/rate-limit/rate-buckets.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import type { HttpSource, WayChoices } from '#shared/sources/http/http-source.ts';
import { openHttpSource } from '#shared/sources/http/open-http-source.ts';
import { apiObserver } from './api-observer.ts';
import { extractorErrors } from './errors.ts';

/** The APIs of a process, opened at first use and shared by its tasks: connections, tokens, breakers, buckets. */
export class ApiSessions {
  readonly #runtime: ServiceRuntime;
  readonly #buckets: RateBuckets;
  readonly #open = new Map<string, HttpSource>();

  /** Buckets stand on the queue's Redis, or in the ledger where the queue is PostgreSQL's. */
  constructor(runtime: ServiceRuntime) {
    const { settings, queue, log } = runtime;
    this.#runtime = runtime;
    this.#buckets = openRateBuckets({
      url: queue.kind === 'redis' ? settings.queueUrl : settings.ledgerUrl,
      prefix: settings.queuePrefix,
      onError: (err) => log.warn({ err }, 'the store of rate limits is away'),
    });
  }

  /** @throws EXTRACT_NO_CONNECTION naming every variable to set. */
  get(pipeline: PipelineDeclaration, name: string): HttpSource {
    const key = `${pipeline.name}/${name}`;
    const there = this.#open.get(key);
    if (there !== undefined) return there;
    const source = pipeline.sources[name];
    if (source?.kind !== 'http') {
      throw new PenstockError(extractorErrors.noConnection, { source: name, variable: '(not an API)' });
    }
    const { ledger, metrics, log, settings } = this.#runtime;
    const opened = openHttpSource({
      source,
      name: pipeline.name,
      urls: urlsOf(source, settings.sourceUrls, name),
      buckets: this.#buckets,
      choices: choicesIn(ledger, pipeline.name),
      observe: apiObserver(metrics, log, key),
    });
    this.#open.set(key, opened);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((source) => source.close()));
    await this.#buckets.close();
  }
}

function urlsOf(
  { connection, shards }: HttpSourceDeclaration,
  configured: Readonly<Record<string, string>>,
  source: string,
): Record<string, string> {
  const named = shards.map((shard) => ({ shard, connection: `${connection}_${shard.toUpperCase()}` }));
  const missing = named.filter((one) => configured[one.connection] === undefined);
  if (missing.length > 0) {
    const variable = missing.map((one) => `PENSTOCK_SOURCE_${one.connection}_URL`).join(', ');
    throw new PenstockError(extractorErrors.noConnection, { source, variable });
  }
  return Object.fromEntries(named.map((one) => [one.shard, configured[one.connection] ?? '']));
}

function choicesIn(ledger: Ledger, pipeline: string): WayChoices {
  const keyOf = (shard: string, slice: string, stream: string) => ({
    pipeline,
    stream,
    slice: listedSliceKey(shard, slice),
  });
  return {
    get: (shard, slice, stream) => chosenWay(ledger, keyOf(shard, slice, stream)),
    remember: (shard, slice, stream, way, untilMs) =>
      rememberWay(ledger, keyOf(shard, slice, stream), way, Math.max(0, untilMs - Date.now())),
  };
}
