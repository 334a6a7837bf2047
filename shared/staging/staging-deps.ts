import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { StagingWarehouse } from '#shared/warehouse/warehouse-port.ts';

/** What bringing landed files into a temp table takes. */
export interface StagingDeps {
  readonly ledger: Ledger;
  readonly landing: LandingStore;
  readonly engine: ParquetEngine;
  readonly warehouse: StagingWarehouse;
  /** Folder of this process alone. */
  readonly workDir: string;
  /** Awaited when a file's rows begin to flow, inside the load's transaction. */
  readonly onFile?: () => Promise<void>;
}
