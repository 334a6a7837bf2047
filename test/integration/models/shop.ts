import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import type { BuildRequest, BuildResult } from '#shared/models/build/build-request.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { type BronzeMerge, type BronzeOutcome, mergeBronze } from '#shared/models/merge-bronze.ts';
import type { ModelWarehouse } from '#shared/models/model-warehouse.ts';
import { openProject } from '#shared/models/open-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { testDatabase } from '#test/support/postgres.ts';

export const SHOP_DIR = new URL('../../fixtures/projects/shop', import.meta.url).pathname;

const TARGET = {
  name: 'test',
  schema: 'shop',
  database: 'test',
  printDatabase: false,
  type: 'postgres',
  threads: 2,
};

/** An order as it is landed. `version` is any text; larger is newer. */
export interface LandedOrder {
  readonly id: number;
  readonly version: string;
  readonly file?: number;
  readonly customer?: number | null;
  readonly status?: string;
  readonly orderedOn?: string;
  readonly amount?: string;
}

/** A database of its own with the shop project open on it. */
export interface Shop {
  readonly pool: pg.Pool;
  readonly warehouse: ModelWarehouse;
  readonly project: LoadedProject;
  /** Makes a hashed table; its rows' hashes cover the business columns. */
  land(name: string, orders: readonly LandedOrder[]): Promise<RelationName>;
  merge(name: string, orders: readonly LandedOrder[], over?: Partial<BronzeMerge>): Promise<BronzeOutcome>;
  build(runId: string, state: ModelVersions, over?: Partial<BuildRequest>): Promise<BuildResult>;
  rows(sql: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

export async function openShop(dir = SHOP_DIR): Promise<Shop> {
  const database = await testDatabase();
  const staging = openWarehouse({ url: database.url, poolSize: 6 });
  const { pool } = staging;
  const warehouse = openPostgresModelWarehouse(staging);
  const project = await openProject(dir, { target: TARGET });
  await pool.query('create schema shop_temp');
  const land: Shop['land'] = (name, orders) => landOrders(pool, name, orders);
  const merge: Shop['merge'] = async (name, orders, over = {}) =>
    mergeBronze({
      ...defaultMerge(project, warehouse, name, orders),
      hashed: await land(name, orders),
      ...over,
    });
  return {
    pool,
    warehouse,
    project,
    land,
    merge,
    build: (runId, state, over = {}) =>
      buildLayers({
        project,
        warehouse,
        tag: { runId, attempt: 1 },
        asOf: '2024-03-10',
        state,
        threads: 2,
        ...over,
      }),
    rows: async (sql) => (await pool.query({ text: sql, rowMode: 'array' })).rows,
    close: async () => {
      await staging.close();
      await database.drop();
    },
  };
}

export function defaultMerge(
  project: LoadedProject,
  warehouse: ModelWarehouse,
  runId: string,
  orders: readonly LandedOrder[],
): Omit<BronzeMerge, 'hashed'> {
  const perFile = new Map<string, number>();
  for (const { file = 1 } of orders) perFile.set(String(file), (perFile.get(String(file)) ?? 0) + 1);
  return {
    project,
    warehouse,
    model: 'orders',
    expectedRowsPerFile: perFile,
    fileNames: new Map([...perFile.keys()].map((file) => [file, `file-${file}.parquet`])),
    tag: { runId, attempt: 1 },
    stream: 'orders',
    batch: 'b1',
    asOf: '2024-03-10',
    loadedAt: new Date('2024-03-10T12:00:00Z'),
  };
}

async function landOrders(
  pool: pg.Pool,
  name: string,
  orders: readonly LandedOrder[],
): Promise<RelationName> {
  const relation = { schema: 'shop_temp', name: `orders__${name}` };
  const table = quoteRelation(relation);
  await pool.query(
    `create table ${table} (id bigint, customer_id bigint, status text, ordered_on date, amount numeric(12,2),
       _cursor bigint, _version text, _row_hash text, _slice text, _file_id bigint)`,
  );
  await pool.query(
    `insert into ${table}
     select r.id, r.customer, r.status, r.ordered_on, r.amount, null, r.version,
       md5(row(r.id, r.customer, r.status, r.ordered_on, r.amount)::text), '', r.file
     from jsonb_to_recordset($1) as r(id bigint, customer bigint, status text, ordered_on date, amount numeric(12,2),
       version text, file bigint)`,
    [JSON.stringify(orders.map(landed))],
  );
  return relation;
}

function landed(order: LandedOrder) {
  const {
    id,
    version,
    file = 1,
    customer = 1,
    status = 'paid',
    orderedOn = '2024-03-01',
    amount = '10.00',
  } = order;
  return { id, version, file, customer, status, ordered_on: orderedOn, amount };
}
