import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { Adapter } from '#shared/models/adapter/adapter.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPool, type WarehouseConfig } from '#shared/warehouse/postgres/pool.ts';

/** Opens the adapter for a target's connection; one connection for each thread and one for schemas and hooks. */
export function openAdapter(warehouse: WarehouseConfig, threads: number, releasers: Releasers): Adapter {
  const pool = openPool({ applicationName: 'penstock transform', ...warehouse, poolSize: threads + 1 });
  releasers.add('warehouse', () => pool.end());
  const adapter = openPostgresAdapter({ pool });
  releasers.add('adapter', () => adapter.close());
  return adapter;
}
