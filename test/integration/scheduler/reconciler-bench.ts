import { type Findings, Reconciler } from '#services/scheduler/reconcile.ts';
import type { SchedulerDeps } from '#services/scheduler/scheduler-deps.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { openRuntime } from '#shared/runtime/worker-runtime.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import type { TestPlatform } from '#test/support/test-platform.ts';

/** A reconciler of the test's own on real stores; the services' own is put to sleep by `SLEEPING`. */
export interface ReconcilerBench {
  readonly deps: SchedulerDeps;
  /** One pass. With other deps, a pass of a reconciler that has those. */
  pass(other?: Partial<SchedulerDeps>): Promise<Findings>;
  /** What penstock_reconciler_findings_total says of a finding. */
  counted(finding: string): Promise<number>;
  stop(): Promise<void>;
}

/** Settings under which services reconcile once, when they start, and then leave it to the test. */
export const SLEEPING = { PENSTOCK_RECONCILE_MS: '3600000' };

/** Opens what a scheduler opens, without its worker and its tick. */
export async function openReconcilerBench(platform: TestPlatform): Promise<ReconcilerBench> {
  const releasers = new Releasers();
  const input = await serviceInput(platform.environment, process.cwd(), false);
  const runtime = await openRuntime('scheduler', input, releasers);
  const { landingUrl, warehouseUrl: url } = runtime.settings;
  const landing = openLandingStore({ url: landingUrl });
  releasers.add('landing', () => landing.close());
  const warehouse = openWarehouse({ url, applicationName: 'test-reconciler', poolSize: 2 });
  releasers.add('warehouse', () => warehouse.close());
  const models = openPostgresModelWarehouse(warehouse);
  const deps: SchedulerDeps = { ...runtime, landing, warehouse, models, now: () => new Date() };
  return {
    deps,
    pass: (other = {}) => new Reconciler({ ...deps, ...other }).reconcile(),
    counted: async (finding) => {
      const { values } = await deps.metrics.reconciled.get();
      return values.find(({ labels }) => labels.finding === finding)?.value ?? 0;
    },
    stop: async () => void (await releasers.releaseAll(5_000)),
  };
}

/** What a pass found, without what it did not find. */
export const foundIn = (findings: Findings): Record<string, number> =>
  Object.fromEntries(Object.entries(findings).filter(([, count]) => count > 0));
