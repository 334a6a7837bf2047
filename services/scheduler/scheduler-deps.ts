import type { Pipelines } from '#shared/config/load-pipelines.ts';
import type { Settings } from '#shared/config/settings.ts';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { StepProbe } from '#shared/lifecycle/step-probe.ts';
import type { ModelWarehouse } from '#shared/models/model-warehouse.ts';
import type { QueuePort } from '#shared/queue/queue-port.ts';
import type { Logger } from '#shared/telemetry/logger.ts';
import type { Metrics } from '#shared/telemetry/metrics.ts';
import type { StagingWarehouse } from '#shared/warehouse/warehouse-port.ts';

/** What the scheduler works with; opened by `service.ts`. */
export interface SchedulerDeps {
  readonly settings: Settings;
  readonly pipelines: Pipelines;
  readonly ledger: Ledger;
  readonly queue: QueuePort;
  readonly warehouse: StagingWarehouse;
  /** The same warehouse, for what builds of models leave behind. */
  readonly models: Pick<ModelWarehouse, 'schemasOf' | 'leftovers' | 'drop' | 'emptied'>;
  readonly landing: LandingStore;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly probe: StepProbe;
  /** Now, as schedules see it; tests move it. */
  readonly now: () => Date;
}
