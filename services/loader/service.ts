import { queues } from '#shared/contracts/jobs.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { serveHealth, workTasks } from '#shared/runtime/work-tasks.ts';
import { openRuntime, type ServiceInput } from '#shared/runtime/worker-runtime.ts';
import { openFileStores, openWarehouseOf } from '#shared/runtime/worker-stores.ts';
import { loadStream } from './handle-load.ts';

/** Loads a stream's landed files into temp tables; archives the good, quarantines the bad. */
export function loaderService(input: ServiceInput): Service {
  return new Service('loader', async (releasers) => {
    const runtime = await openRuntime('loader', input, releasers);
    const { loadConcurrency } = runtime.settings;
    const stores = await openFileStores(runtime, releasers);
    const warehouse = openWarehouseOf(runtime, releasers, loadConcurrency + 2);
    const load = loadStream({ ...runtime, ...stores, warehouse });
    await workTasks(runtime, releasers, [{ name: queues.load, concurrency: loadConcurrency }], { load });
    await serveHealth(runtime, releasers, {
      landing: () => stores.landing.check(),
      warehouse: () => warehouse.check(),
    });
  });
}
