import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { Adapter } from '#shared/models/adapter/adapter.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPool } from '#shared/warehouse/postgres/pool.ts';

/** Opens the adapter for a target's connection; one connection for each thread and one for schemas and hooks. */
export function openAdapter(url: string, threads: number, releasers: Releasers): Adapter {
  const pool = openPool({ url, poolSize: threads + 1, applicationName: 'penstock transform' });
  releasers.add('warehouse', () => pool.end());
  const adapter = openPostgresAdapter({ pool });
  releasers.add('adapter', () => adapter.close());
  return adapter;
}
