import { join } from 'node:path';
import { queues } from '#shared/contracts/jobs.ts';
import { healthApp } from '#shared/http/health-app.ts';
import { listen } from '#shared/http/listen.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { openParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { makeWorkDir } from '#shared/runtime/work-dir.ts';
import {
  openRuntime,
  openTaskRunner,
  type ServiceInput,
  storeChecks,
} from '#shared/runtime/worker-runtime.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { mergeStream } from './handle-merge.ts';
import { buildModels } from './handle-models.ts';
import { Projects } from './projects.ts';

/** Merges bronze, moves watermarks, builds and publishes silver and gold. */
export function transformerService(input: ServiceInput): Service {
  return new Service('transformer', async (releasers) => {
    const runtime = await openRuntime('transformer', input, releasers);
    const { settings, queue, pipelines } = runtime;
    const workDir = await makeWorkDir(settings.workDir, runtime.processId, releasers);
    const landing = openLandingStore({ url: settings.landingUrl });
    releasers.add('landing', () => landing.close());
    const engine = await openParquetEngine({ workDir: join(workDir, 'duckdb') });
    releasers.add('parquet engine', () => engine.close());
    const poolSize = settings.transformConcurrency * settings.modelThreads + 2;
    const warehouse = openWarehouse({
      url: settings.warehouseUrl,
      applicationName: runtime.processId,
      poolSize,
    });
    releasers.add('warehouse', () => warehouse.close());
    const models = openPostgresModelWarehouse(warehouse);
    const database = decodeURIComponent(new URL(settings.warehouseUrl).pathname.slice(1));
    const projects = new Projects(pipelines, { database, threads: settings.modelThreads });
    const deps = { ...runtime, landing, engine, warehouse, workDir, models, projects };
    const runner = openTaskRunner(runtime, releasers);
    const handlers = {
      merge: runner.handler('merge', mergeStream(deps)),
      models: runner.handler('models', buildModels(deps)),
    };
    const worker = await queue.work(queues.transform, handlers, {
      concurrency: settings.transformConcurrency,
    });
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
