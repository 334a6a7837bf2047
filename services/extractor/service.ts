import { join } from 'node:path';
import { DEFAULT_SHARD, queues } from '#shared/contracts/jobs.ts';
import { healthApp } from '#shared/http/health-app.ts';
import { listen } from '#shared/http/listen.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { openParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { makeWorkDir } from '#shared/runtime/work-dir.ts';
import {
  openRuntime,
  openTaskRunner,
  type ServiceInput,
  storeChecks,
} from '#shared/runtime/worker-runtime.ts';
import { extractSlice } from './handle-extract.ts';
import { SourceSessions } from './source-sessions.ts';

/** Reads slices of sources and lands their files. */
export function extractorService(input: ServiceInput): Service {
  return new Service('extractor', async (releasers) => {
    const runtime = await openRuntime('extractor', input, releasers);
    const { settings, queue } = runtime;
    const workDir = await makeWorkDir(settings.workDir, runtime.processId, releasers);
    const landing = openLandingStore({ url: settings.landingUrl });
    releasers.add('landing', () => landing.close());
    const engine = await openParquetEngine({ workDir: join(workDir, 'duckdb') });
    releasers.add('parquet engine', () => engine.close());
    const sources = new SourceSessions(settings.sourceUrls);
    releasers.add('sources', () => sources.close());
    const runner = openTaskRunner(runtime, releasers);
    const work = extractSlice({ ...runtime, landing, engine, sources, workDir });
    const handlers = { extract: runner.handler('extract', work), noop: runner.handler('noop', doNothing) };
    const worker = await queue.work(queues.extract(DEFAULT_SHARD), handlers, {
      concurrency: settings.extractConcurrency,
    });
    releasers.add('worker', async () => {
      runner.drain();
      await worker.close({ deadlineMs: settings.drainMs });
    });
    if (input.serveHealth) {
      const app = healthApp(
        { ...storeChecks(runtime), landing: () => landing.check() },
        runtime.metrics.registry,
      );
      const server = await listen(app, settings.httpHost, settings.httpPort);
      releasers.add('http', () => server.close());
    }
  });
}

/** Costs nothing but the platform's own work; `bench` measures that. */
const doNothing = async () => ({ status: 'succeeded', result: {} }) as const;
