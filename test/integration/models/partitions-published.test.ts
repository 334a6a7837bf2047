import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openShop, SHOP_DIR, type Shop } from './shop.ts';

let dir: string;
let shop: Shop;
let state: ModelVersions = {};

/** The shop with every kind of table in months: merged by version, built whole, merged by key with a retention. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-parted-'));
  await cp(SHOP_DIR, dir, { recursive: true });
  await edit(
    'bronze/orders.sql',
    "unique_key='id',",
    `unique_key=['id', 'ordered_on'], ${months('ordered_on')},`,
  );
  await edit(
    'silver/orders_clean.sql',
    "{'columns': ['id'], 'unique': True}]",
    `{'columns': ['id', 'ordered_on'], 'unique': True}], ${months('ordered_on')}`,
  );
  await edit(
    'gold/order_days.sql',
    "unique_key='day'",
    `unique_key='day', ${months('day', ", 'retention': '2 months'")}`,
  );
  shop = await openShop(dir);
  await shop.merge('run0', [
    { id: 1, version: '01', customer: 1, orderedOn: '2024-03-01', amount: '10.00' },
    { id: 2, version: '01', customer: 2, orderedOn: '2024-01-31', amount: '7.00' },
    { id: 3, version: '01', customer: 2, orderedOn: '2023-12-31', amount: '5.00' },
  ]);
});
afterAll(async () => {
  await shop.close();
  await rm(dir, { recursive: true });
});

const months = (field: string, more = ''): string =>
  `partition_by={'type': 'range', 'field': '${field}'${more}}`;

async function edit(file: string, from: string, to: string): Promise<void> {
  const path = join(dir, 'models', file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await writeFile(path, text.replace(from, to));
}

const build = async (run: string, over: Parameters<Shop['build']>[2] = {}) => {
  const orders = { orders: { version: run, inputVersions: {}, sqlChecksum: '', asOf: null } };
  const result = await shop.build(run, { ...state, ...orders }, over);
  state = result.newState;
  return result;
};

/** First days of a table's months. */
const monthsOf = async (relation: string): Promise<unknown[]> =>
  (
    await shop.rows(`select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM .''(.{7})') from pg_inherits i
      join pg_class c on c.oid = i.inhrelid where i.inhparent = '${relation}'::regclass order by 1`)
  ).flat();

test('bronze, silver and gold are in months; what has expired is not built', async () => {
  expect((await build('run1')).models.filter(({ status }) => status !== 'published')).toEqual([]);
  expect(await monthsOf('shop_bronze.orders')).toEqual(['2023-12', '2024-01', '2024-03', '2024-04']);
  expect(await monthsOf('shop_silver.orders_clean')).toEqual(['2023-12', '2024-01', '2024-03', '2024-04']);
  expect(await monthsOf('shop_gold.order_days')).toEqual(['2024-01', '2024-03', '2024-04']);
  expect(await shop.rows('select count(*)::int from shop_silver.orders_clean')).toEqual([[3]]);
});

test('a swap of a partitioned table keeps grants, owner, comments, views and index names, and leaves nothing behind', async () => {
  await shop.pool.query(
    `do $$ begin if not exists (select from pg_roles where rolname = 'parted_owner') then create role parted_owner; end if; end $$`,
  );
  await shop.pool.query(
    'grant all on schema shop_silver to parted_owner; alter table shop_silver.orders_clean owner to parted_owner',
  );
  await shop.pool.query(
    'grant select on shop_silver.orders_clean to public; create view outside as select id from shop_silver.orders_clean',
  );
  const before = await shop.rows("select 'shop_silver.orders_clean'::regclass::oid");
  await build('run2');
  expect(await shop.rows("select 'shop_silver.orders_clean'::regclass::oid")).not.toEqual(before);
  expect(await shop.rows('select count(*)::int from outside')).toEqual([[3]]);
  expect(
    await shop.rows(
      `select distinct pg_get_userbyid(relowner) from pg_class where relname ~ '^orders_clean' and relkind in ('r', 'p')`,
    ),
  ).toEqual([['parted_owner']]);
  expect(
    await shop.rows(`select has_table_privilege('public', 'shop_silver.orders_clean', 'select')`),
  ).toEqual([[true]]);
  expect(await shop.rows(`select obj_description('shop_silver.orders_clean'::regclass)`)).toEqual([
    ['Orders that count.'],
  ]);
  expect(
    await shop.rows(
      `select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'shop_silver.orders_clean'::regclass order by 1`,
    ),
  ).toEqual([['orders_clean_customer_id_idx'], ['orders_clean_id_ordered_on_key']]);
  expect(
    await shop.rows(`select relname from pg_class where relname ~ '__[co]_' and relkind in ('r', 'p', 'v')`),
  ).toEqual([]);
  // Each partition hangs on a table that is there.
  expect(
    await shop.rows(
      `select relname from pg_class where relname ~ '__p[0-9]+_' and relkind = 'r' and not relispartition`,
    ),
  ).toEqual([]);
  await shop.pool.query('reassign owned by parted_owner to current_user; drop owned by parted_owner');
  await shop.pool.query('drop view outside; drop role parted_owner');
});

test('a merge makes the months it needs; retention drops months after the audit, not before', async () => {
  await shop.merge('run3', [
    { id: 4, version: '01', customer: 1, orderedOn: '2024-05-02', amount: '3.00' },
    { id: 1, version: '02', customer: 1, orderedOn: '2024-03-01', amount: '11.00' },
  ]);
  expect(await monthsOf('shop_bronze.orders')).toEqual([
    '2023-12',
    '2024-01',
    '2024-03',
    '2024-04',
    '2024-05',
  ]);
  expect(await shop.rows('select id, amount from shop_bronze.orders where id in (1, 4) order by 1')).toEqual([
    ['1', '11.00'],
    ['4', '3.00'],
  ]);
  await build('run3', { asOf: '2024-05-10' });
  expect(await monthsOf('shop_gold.order_days')).toEqual(['2024-03', '2024-04', '2024-05', '2024-06']);
  await shop.merge('run4', [{ id: 5, version: '01', customer: 1, orderedOn: '2024-08-02', amount: '-3.00' }]);
  const failed = await build('run4', { asOf: '2024-08-10' });
  expect(failed.models.find(({ name }) => name === 'order_days')?.status).toBe('blocked');
  expect((await monthsOf('shop_gold.order_days'))[0]).toBe('2024-03');
});

test('a reader that is busy in a month keeps it from being dropped, and is not kept waiting', async () => {
  await shop.merge('run5', [{ id: 5, version: '02', customer: 1, orderedOn: '2024-08-02', amount: '3.00' }]);
  const reader = await shop.pool.connect();
  try {
    await reader.query('begin; select * from shop_gold.order_days');
    expect((await build('run5', { asOf: '2024-08-10' })).ok).toBe(true);
    const other = await shop
      .rows("set statement_timeout = '1s'; select 1")
      .then(() => shop.rows('select count(*)::int from shop_gold.order_days'));
    expect(other).toHaveLength(1);
  } finally {
    await reader.query('rollback');
    reader.release();
  }
  await shop.merge('run6', [{ id: 6, version: '01', customer: 1, orderedOn: '2024-08-03', amount: '3.00' }]);
  expect((await build('run6', { asOf: '2024-08-10' })).ok).toBe(true);
  expect((await monthsOf('shop_gold.order_days'))[0]).toBe('2024-06');
  expect(
    await shop.rows(
      `select relname from pg_class where relname ~ 'order_days__p' and relkind = 'r' and not relispartition`,
    ),
  ).toEqual([]);
});

test('a key without the partition field is a problem of the project', async () => {
  await edit('bronze/orders.sql', "unique_key=['id', 'ordered_on']", "unique_key='id'");
  const target = {
    name: 't',
    schema: 's',
    database: 'd',
    printDatabase: false,
    type: 'postgres',
    threads: 1,
  };
  await expect(openPipelineProject(dir, { target }, {})).rejects.toThrow(
    /unique index over id must contain the partition's field ordered_on/,
  );
});
