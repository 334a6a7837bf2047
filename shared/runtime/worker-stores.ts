import { join } from 'node:path';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import type { Releasers } from '#shared/lifecycle/releasers.ts';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { makeWorkDir } from './work-dir.ts';
import type { ServiceRuntime } from './worker-runtime.ts';

/** What a worker that touches files holds. */
export interface FileStores {
  readonly workDir: string;
  readonly landing: LandingStore;
  readonly engine: ParquetEngine;
}

/** Opens a work folder of this process, the landing store and the Parquet engine. */
export async function openFileStores(runtime: ServiceRuntime, releasers: Releasers): Promise<FileStores> {
  const { settings, processId } = runtime;
  const workDir = await makeWorkDir(settings.workDir, processId, releasers);
  const landing = openLandingOf(runtime, releasers);
  const engine = await openParquetEngine({ workDir: join(workDir, 'duckdb') });
  releasers.add('parquet engine', () => engine.close());
  return { workDir, landing, engine };
}

export function openLandingOf({ settings }: ServiceRuntime, releasers: Releasers): LandingStore {
  const landing = openLandingStore({ url: settings.landingUrl });
  releasers.add('landing', () => landing.close());
  return landing;
}

/** @param poolSize most connections at once. */
export function openWarehouseOf(
  { settings, processId }: ServiceRuntime,
  releasers: Releasers,
  poolSize: number,
) {
  const warehouse = openWarehouse({ url: settings.warehouseUrl, applicationName: processId, poolSize });
  releasers.add('warehouse', () => warehouse.close());
  return warehouse;
}
