import { DEFAULT_SHARD, queues } from '#shared/contracts/jobs.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { serveHealth, workTasks } from '#shared/runtime/work-tasks.ts';
import { openRuntime, type ServiceInput } from '#shared/runtime/worker-runtime.ts';
import { openFileStores } from '#shared/runtime/worker-stores.ts';
import { extractSlice } from './handle-extract.ts';
import { SourceSessions } from './source-sessions.ts';

/** Reads slices of sources and lands their files. */
export function extractorService(input: ServiceInput): Service {
  return new Service('extractor', async (releasers) => {
    const runtime = await openRuntime('extractor', input, releasers);
    const { settings } = runtime;
    const stores = await openFileStores(runtime, releasers);
    const sources = new SourceSessions(settings.sourceUrls);
    releasers.add('sources', () => sources.close());
    const works = { extract: extractSlice({ ...runtime, ...stores, sources }), noop: doNothing };
    await workTasks(runtime, releasers, queues.extract(DEFAULT_SHARD), works, settings.extractConcurrency);
    await serveHealth(runtime, releasers, { landing: () => stores.landing.check() });
  });
}

/** Costs nothing but the platform's own work; `bench` measures that. */
const doNothing = async () => ({ status: 'succeeded', result: {} }) as const;
