import { DEFAULT_SHARD, queues } from '#shared/contracts/jobs.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { listedShards } from '#shared/runs/listed-shards.ts';
import { serveHealth, type WorkedQueue, workTasks } from '#shared/runtime/work-tasks.ts';
import { openRuntime, type ServiceInput, type ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import { openFileStores } from '#shared/runtime/worker-stores.ts';
import { ApiSessions } from './api-sessions.ts';
import { openBatches } from './batch/open-batches.ts';
import { openRowEngine } from './batch/open-row-engine.ts';
import { discoverSlices } from './handle-discover.ts';
import { extractSlice } from './handle-extract.ts';
import { DroppedKeyBooks } from './listed/dropped-key-books.ts';
import { Projections } from './listed/projections.ts';
import { SliceFacts } from './listed/slice-facts.ts';
import { ObjectStores } from './object-stores.ts';
import { SourceSessions } from './source-sessions.ts';

/** Reads slices of sources and lands their files. */
export function extractorService(input: ServiceInput): Service {
  return new Service('extractor', async (releasers) => {
    const runtime = await openRuntime('extractor', input, releasers);
    const stores = await openFileStores(runtime, releasers);
    const sources = new SourceSessions(runtime.settings.sourceUrls);
    releasers.add('sources', () => sources.close());
    const apis = new ApiSessions(runtime);
    releasers.add('APIs', () => apis.close());
    const objects = new ObjectStores(runtime.settings.sourceUrls);
    releasers.add('object stores', () => objects.close());
    const dropped = new DroppedKeyBooks(runtime);
    const engine = await openRowEngine(stores.workDir, releasers);
    const batches = openBatches({ ...runtime, ...stores, engine, dropped });
    const reading = { dropped, projections: new Projections(), facts: new SliceFacts(runtime.ledger) };
    const deps = { ...runtime, ...stores, ...reading, sources, apis, stores: objects, batches };
    const works = { discover: discoverSlices(deps), extract: extractSlice(deps), noop: doNothing };
    await workTasks(runtime, releasers, workedQueues(runtime), works, () => batches.drain());
    await serveHealth(runtime, releasers, { landing: () => stores.landing.check() });
  });
}

/** The queue of sources without shards, and one for each shard that lists its slices, held to its API's limit. */
function workedQueues({ settings, pipelines }: ServiceRuntime): WorkedQueue[] {
  const ofShards = listedShards(pipelines).map(({ queueShard, concurrency }) => ({
    name: queues.extract(queueShard),
    concurrency,
    globalConcurrency: concurrency,
  }));
  return [{ name: queues.extract(DEFAULT_SHARD), concurrency: settings.extractConcurrency }, ...ofShards];
}

/** Costs nothing but the platform's own work; `bench` measures that. */
const doNothing = async () => ({ status: 'succeeded', result: {} }) as const;
