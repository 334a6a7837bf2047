import type pg from 'pg';
import type { StagingWarehouse } from '#shared/warehouse/warehouse-port.ts';
import { checkWarehouse } from './check.ts';
import { differsFrom } from './differs-from.ts';
import { countPerFile, relationExists } from './hashed-table.ts';
import { loadHashedTable } from './load-hashed-table.ts';
import { openPool, type WarehouseConfig } from './pool.ts';
import { publishSliceStatus } from './slice-status-table.ts';
import { dropTable, listStagingTables } from './staging-tables.ts';
import { swapStable } from './swap-stable.ts';

/** The staging port on PostgreSQL, and the pool for what only PostgreSQL has: transactions. */
export interface PostgresWarehouse extends StagingWarehouse {
  readonly kind: 'postgres';
  readonly pool: pg.Pool;
}

/** Opens a PostgreSQL warehouse; connects on first use. Close it to let the process end. */
export function openPostgresWarehouse(config: WarehouseConfig): PostgresWarehouse {
  const pool = openPool(config);
  const pooled = { pool };
  let closing: Promise<void> | undefined;
  return {
    kind: 'postgres',
    pool,
    capabilities: {
      intake: 'csv-stream',
      transactionalDdl: true,
      unloggedTables: true,
      expiringTables: false,
      stableAs: 'view',
    },
    loadHashedTable: (...args) => loadHashedTable(pooled, ...args),
    countPerFile: (relation) => countPerFile(pool, relation),
    swapStable: (...args) => swapStable(pooled, ...args),
    differsFrom: (...args) => differsFrom(pooled, ...args),
    relationExists: (relation) => relationExists(pool, relation),
    dropTable: (...args) => dropTable(pooled, ...args),
    listStagingTables: (schema) => listStagingTables(pool, schema),
    publishSliceStatus: (...args) => publishSliceStatus(pooled, ...args),
    check: () => checkWarehouse(pool),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}
