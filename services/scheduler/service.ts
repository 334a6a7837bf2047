import { queues } from '#shared/contracts/jobs.ts';
import { listen } from '#shared/http/listen.ts';
import { Service } from '#shared/lifecycle/service.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { openRuntime, type ServiceInput, storeChecks } from '#shared/runtime/worker-runtime.ts';
import { openLandingOf, openWarehouseOf } from '#shared/runtime/worker-stores.ts';
import { handleAdvanceRun } from './handle-advance-run.ts';
import { handleTick } from './handle-tick.ts';
import { createApp } from './http/create-app.ts';
import { Reconciler } from './reconcile.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Barrier jobs of different runs go on side by side; one run's are folded by the queue. */
const CONCURRENCY = 4;
const WAREHOUSE_POOL_SIZE = 2;

export interface SchedulerInput extends ServiceInput {
  /** Told the HTTP port once it listens. */
  readonly onListening?: (port: number) => void;
}

/** Decides what is due, plans runs, watches their barriers, reconciles; serves the HTTP side. */
export function schedulerService(input: SchedulerInput): Service {
  return new Service('scheduler', async (releasers) => {
    const runtime = await openRuntime('scheduler', input, releasers);
    const { settings, queue } = runtime;
    const landing = openLandingOf(runtime, releasers);
    const warehouse = openWarehouseOf(runtime, releasers, WAREHOUSE_POOL_SIZE);
    const models = openPostgresModelWarehouse(warehouse);
    const deps: SchedulerDeps = { ...runtime, landing, warehouse, models };
    const handlers = { advanceRun: handleAdvanceRun(deps), tick: handleTick(deps, new Reconciler(deps)) };
    const worker = await queue.work(queues.scheduler, handlers, { concurrency: CONCURRENCY });
    releasers.add('worker', async () => void (await worker.close({ deadlineMs: settings.drainMs })));
    await queue.repeat(queues.scheduler, 'tick', settings.tickMs);
    const checks = {
      ...storeChecks(runtime),
      landing: () => landing.check(),
      warehouse: () => warehouse.check(),
    };
    const server = await listen(createApp(deps, checks), settings.httpHost, settings.httpPort);
    releasers.add('http', () => server.close());
    input.onListening?.(server.port);
  });
}
