import { queues } from '#shared/contracts/jobs.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { serveHealth, workTasks } from '#shared/runtime/work-tasks.ts';
import { openRuntime, type ServiceInput } from '#shared/runtime/worker-runtime.ts';
import { openFileStores, openWarehouseOf } from '#shared/runtime/worker-stores.ts';
import { mergeStream } from './handle-merge.ts';
import { buildModels } from './handle-models.ts';
import { Projects } from './projects.ts';

/** Merges bronze, moves watermarks, builds and publishes silver and gold. */
export function transformerService(input: ServiceInput): Service {
  return new Service('transformer', async (releasers) => {
    const runtime = await openRuntime('transformer', input, releasers);
    const { transformConcurrency, modelThreads, warehouseUrl } = runtime.settings;
    const stores = await openFileStores(runtime, releasers);
    const warehouse = openWarehouseOf(runtime, releasers, transformConcurrency * modelThreads + 2);
    const models = openPostgresModelWarehouse(warehouse);
    const database = decodeURIComponent(new URL(warehouseUrl).pathname.slice(1));
    const projects = new Projects(runtime.pipelines, { database, threads: modelThreads });
    const adapter = openPostgresAdapter(warehouse);
    const deps = { ...runtime, ...stores, warehouse, models, adapter, projects };
    const works = { merge: mergeStream(deps), models: buildModels(deps) };
    await workTasks(
      runtime,
      releasers,
      [{ name: queues.transform, concurrency: transformConcurrency }],
      works,
    );
    await serveHealth(runtime, releasers, {
      landing: () => stores.landing.check(),
      warehouse: () => warehouse.check(),
    });
  });
}
