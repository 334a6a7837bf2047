import type { Releasers } from '#shared/lifecycle/releasers.ts';
import type { Adapter } from '#shared/models/adapter/adapter.ts';
import type { ModelWarehouse } from '#shared/models/model-warehouse.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPool, type WarehouseConfig } from '#shared/warehouse/postgres/pool.ts';

/**
 * A statement whose client is gone, killed or cut off, ends within seconds: nobody waits for what it would have made. A server that cannot
 * tell (before 14, or not on Linux) refuses, and goes on as ever.
 */
const CLIENT_CHECK = "set client_connection_check_interval = '2s'";

/** A target's warehouse, as nodes use it and as publications do. */
export interface OpenedWarehouse {
  readonly adapter: Adapter;
  /** Loaded when it is asked for: few builds publish. */
  readonly publisher: () => Promise<ModelWarehouse>;
}

/**
 * Opens a target's warehouse; one connection for each thread and one for schemas and hooks. Sessions are as the server
 * makes them for anybody: what a project's SQL means depends on time zone and styles (`::date`, `::text`), and on no client.
 */
export function openWarehouse(
  warehouse: WarehouseConfig,
  threads: number,
  releasers: Releasers,
): OpenedWarehouse {
  const pool = openPool({
    ...{ applicationName: 'penstock transform', ...warehouse, poolSize: threads + 1 },
    keepsServerStyles: true,
  });
  pool.on('connect', (client) => void client.query(CLIENT_CHECK).catch(() => undefined));
  releasers.add('warehouse', () => pool.end());
  const adapter = openPostgresAdapter({ pool });
  releasers.add('adapter', () => adapter.close());
  return {
    adapter,
    publisher: async () => {
      const { openPostgresModelWarehouse } = await import(
        '#shared/models/postgres/postgres-model-warehouse.ts'
      );
      return openPostgresModelWarehouse({ pool });
    },
  };
}
