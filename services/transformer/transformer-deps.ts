import type { Adapter } from '#shared/models/adapter/adapter.ts';
import type { ModelWarehouse } from '#shared/models/model-warehouse.ts';
import type { ServiceRuntime } from '#shared/runtime/worker-runtime.ts';
import type { StagingDeps } from '#shared/staging/staging-deps.ts';
import type { Projects } from './projects.ts';

/** What the transformer works with; opened by `service.ts`. */
export interface TransformerDeps extends ServiceRuntime, StagingDeps {
  readonly models: ModelWarehouse;
  /** The same warehouse, for what macros ask of it. */
  readonly adapter: Adapter;
  readonly projects: Projects;
}
