import { PenstockError } from '#shared/errors/penstock-error.ts';
import { warehouseErrors } from './errors.ts';
import type { WarehouseConfig } from './postgres/pool.ts';
import { openPostgresWarehouse, type PostgresWarehouse } from './postgres/postgres-warehouse.ts';

/** Every warehouse there is; a union, so that code which needs a capability must ask for it. */
export type Warehouse = PostgresWarehouse;

/**
 * Opens the warehouse; the scheme of the URL chooses the adapter. Reachability is not tried: ask `check()`.
 *
 * @throws WAREHOUSE_URL_INVALID when no adapter takes the URL (it is not repeated: it holds a password).
 */
export function openWarehouse(config: WarehouseConfig): Warehouse {
  const scheme = URL.canParse(config.url) ? new URL(config.url).protocol : 'none';
  if (scheme === 'postgresql:' || scheme === 'postgres:') return openPostgresWarehouse(config);
  throw new PenstockError(warehouseErrors.urlInvalid, { scheme });
}
