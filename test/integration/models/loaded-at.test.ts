import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BronzeMerge } from '#shared/models/merge-bronze.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { type LandedOrder, openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** Takes back the instant that the shop's merges have otherwise. */
const BY_THE_WAREHOUSE: Partial<BronzeMerge> = { loadedAt: undefined };
const order = (id: number, version = '01'): LandedOrder => ({ id, version });
const merge = (name: string, orders: readonly LandedOrder[]) => shop.merge(name, orders, BY_THE_WAREHOUSE);
const one = async (sql: string): Promise<unknown> => (await shop.rows(sql))[0]?.[0];

test('every row of a merge is loaded at one instant of the warehouse, later than that of the merge before', async () => {
  await merge('r1', [order(1), order(2)]);
  await merge('r2', [order(3), order(2, '02'), { ...order(2, '03'), amount: '11.00' }]);
  expect(
    await shop.rows(
      'select array_agg(id order by id) from shop_bronze.orders group by _loaded_at order by _loaded_at',
    ),
  ).toEqual([[['1']], [['2', '3']]]);
  expect(
    await one("select max(_loaded_at) between now() - interval '1 minute' and now() from shop_bronze.orders"),
  ).toBe(true);
});

test('a merge that had to wait is loaded when it had its turn, not when it was asked for', async () => {
  const holder = await shop.pool.connect();
  let released: unknown;
  try {
    await holder.query('begin');
    await holder.query(
      `select pg_advisory_xact_lock(hashtextextended('penstock:merge:"shop_bronze"."orders"', 0))`,
    );
    const waiting = merge('r3', [order(9)]);
    await waitFor(
      async () =>
        Number(
          await one(
            "select count(*) from pg_locks join pg_stat_activity using (pid) where datname = current_database() and locktype = 'advisory' and not granted",
          ),
        ) > 0,
      { what: 'the merge to wait' },
    );
    released = (await holder.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]?.at;
    await holder.query('commit');
    await waiting;
  } finally {
    holder.release();
  }
  const late = await shop.pool.query(
    'select count(*)::int as n from shop_bronze.orders where id = 9 and _loaded_at > $1',
    [released],
  );
  expect(late.rows).toEqual([{ n: 1 }]);
});
