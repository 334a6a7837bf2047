import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.merge('run0', [
    { id: 1, version: '01', customer: 1, status: 'paid', orderedOn: '2024-03-01', amount: '10.00' },
    { id: 2, version: '01', customer: 1, status: 'paid', orderedOn: '2024-03-02', amount: '0.10' },
    { id: 3, version: '01', customer: 2, status: 'open', orderedOn: '2024-02-28', amount: '7.77' },
    { id: 4, version: '01', customer: 3, status: 'cancelled', orderedOn: '2024-03-02', amount: '99.99' },
    { id: 5, version: '01', customer: 2, status: 'open', orderedOn: '2024-03-02', amount: '1.00' },
  ]);
});
afterAll(() => shop.close());

it('builds every layer in order, tests it and publishes what was computed by hand', async () => {
  const state = { orders: { version: 'm1', inputVersions: {}, sqlChecksum: '', asOf: null } };
  const result = await shop.build('run1', state);
  expect(result.models.map(({ name, status, reason }) => `${name} ${status} ${reason}`)).toEqual([
    'customers published never built',
    'orders_clean published never built',
    'customer_revenue published never built',
    'open_orders published never built',
    'order_days published never built',
    'paid_view published never built',
    'small_orders published never built',
  ]);
  expect(result.ok).toBe(true);
  expect(await shop.rows('select * from shop_gold.customer_revenue order by 1')).toEqual(
    [
      ['1', 'Ada, Countess', 'BR', '1010', '2'],
      ['2', 'Grace "Amazing"', 'BR', '0', '0'],
      ['3', 'Zoë', null, '0', '0'],
    ].map(([id, ...rest]) => [Number(id), ...rest]),
  );
  expect(await shop.rows('select id, days_open, is_late from shop_gold.open_orders order by 1')).toEqual([
    ['3', 11, true],
    ['5', 8, false],
  ]);
  expect(await shop.rows('select * from shop_gold.paid_view')).toEqual([[1, '1010']]);
  expect(await shop.rows('select day::text, orders, cents from shop_gold.order_days order by 1')).toEqual([
    ['2024-02-28', '1', '777'],
    ['2024-03-01', '1', '1000'],
    ['2024-03-02', '2', '110'],
  ]);
});

it('merges into an incremental model, rolls back when its audit fails, and rebuilds it on a full refresh', async () => {
  const days = () =>
    shop.rows('select day::text, orders, cents from shop_gold.order_days order by 1 desc limit 2');
  const select = { select: ['order_days', 'orders_clean'] };
  let { newState: state } = await shop.build('inc0', bronze('m2'));
  await shop.merge('inc1', [{ id: 6, version: '01', customer: 1, orderedOn: '2024-03-05', amount: '3.00' }]);
  const merged = await shop.build('inc1', { ...state, ...bronze('m3') }, select);
  expect(merged.models.find(({ name }) => name === 'order_days')).toMatchObject({
    status: 'published',
    rows: 2,
  });
  expect(await days()).toEqual([
    ['2024-03-05', '1', '300'],
    ['2024-03-02', '2', '110'],
  ]);

  await shop.merge('inc2', [{ id: 7, version: '01', customer: 1, orderedOn: '2024-03-06', amount: '-9.00' }]);
  state = { ...merged.newState, ...bronze('m4') };
  const audited = await shop.build('inc2', state, select);
  expect(audited.models.find(({ name }) => name === 'order_days')).toMatchObject({
    status: 'blocked',
    reason: 'test not_negative_order_days_cents',
    keptCandidate: null,
  });
  expect((await days())[0]).toEqual(['2024-03-05', '1', '300']);

  await shop.pool.query(
    'delete from shop_bronze.orders where id = 7; update shop_bronze.orders set amount = 4 where id = 1',
  );
  const refreshed = await shop.build('inc3', { ...state, ...bronze('m5') }, { ...select, fullRefresh: true });
  expect(refreshed.ok).toBe(true);
  expect(await shop.rows("select cents from shop_gold.order_days where day = '2024-03-01'")).toEqual([
    ['400'],
  ]);
});

it('reports broken SQL without values, skips only what hangs below it and publishes the rest', async () => {
  const { newState } = await shop.build('sql0', bronze('m6'));
  await shop.pool.query('alter table shop_bronze.orders add column amount_text text');
  const broken = await openShopWith(
    shop,
    "select id::int / 0 as customer_id, 0 as paid_cents from {{ ref('orders') }}",
  );
  const result = await shop.build('sql1', newState, { project: broken });
  expect(
    Object.fromEntries(
      result.models.map(({ name, status, reason }) => [name, `${status}: ${reason.slice(0, 40)}`]),
    ),
  ).toMatchObject({
    customer_revenue: expect.stringMatching(/^failed: a value does not fit its type/),
    paid_view: 'skipped: above it: customer_revenue',
    orders_clean: 'skipped: no changes',
  });
  expect(await shop.rows('select count(*) from shop_gold.customer_revenue')).toEqual([['3']]);
});

const bronze = (version: string) => ({ orders: { version, inputVersions: {}, sqlChecksum: '', asOf: null } });

async function openShopWith(from: Shop, sql: string): Promise<LoadedProject> {
  const { graph } = from.project;
  const model = graph.models.get('customer_revenue');
  if (!model) throw new Error('the fixture lost its model');
  const models = new Map(graph.models).set('customer_revenue', { ...model, sql, refs: ['orders'] });
  return { ...from.project, graph: { ...graph, models } };
}
