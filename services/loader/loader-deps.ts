import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import type { StagingWarehouse } from '#shared/warehouse/warehouse-port.ts';

/** What the loader works with; opened by `service.ts`. */
export interface LoaderDeps extends ServiceRuntime {
  readonly landing: LandingStore;
  readonly engine: ParquetEngine;
  readonly warehouse: StagingWarehouse;
  /** Folder of this process alone. */
  readonly workDir: string;
}
