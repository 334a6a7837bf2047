import { join } from 'node:path';
import { queues } from '#shared/contracts/jobs.ts';
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
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { loadStream } from './handle-load.ts';

/** Loads a stream's landed files into temp tables; archives the good, quarantines the bad. */
export function loaderService(input: ServiceInput): Service {
  return new Service('loader', async (releasers) => {
    const runtime = await openRuntime('loader', input, releasers);
    const { settings, queue } = runtime;
    const workDir = await makeWorkDir(settings.workDir, runtime.processId, releasers);
    const landing = openLandingStore({ url: settings.landingUrl });
    releasers.add('landing', () => landing.close());
    const engine = await openParquetEngine({ workDir: join(workDir, 'duckdb') });
    releasers.add('parquet engine', () => engine.close());
    const poolSize = settings.loadConcurrency + 2;
    const warehouse = openWarehouse({
      url: settings.warehouseUrl,
      applicationName: runtime.processId,
      poolSize,
    });
    releasers.add('warehouse', () => warehouse.close());
    const runner = openTaskRunner(runtime, releasers);
    const work = loadStream({ ...runtime, landing, engine, warehouse, workDir });
    const handlers = { load: runner.handler('load', work) };
    const worker = await queue.work(queues.load, handlers, { concurrency: settings.loadConcurrency });
    releasers.add('worker', async () => {
      runner.drain();
      await worker.close({ deadlineMs: settings.drainMs });
    });
    if (input.serveHealth) {
      const checks = {
        ...storeChecks(runtime),
        landing: () => landing.check(),
        warehouse: () => warehouse.check(),
      };
      const server = await listen(
        healthApp(checks, runtime.metrics.registry),
        settings.httpHost,
        settings.httpPort,
      );
      releasers.add('http', () => server.close());
    }
  });
}
