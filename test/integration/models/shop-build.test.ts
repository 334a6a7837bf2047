import { afterAll, beforeAll, expect, it } from 'vitest';
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
  expect(await shop.rows('select day::text, orders from shop_gold.order_days order by 1')).toEqual([
    ['2024-02-28', '1'],
    ['2024-03-01', '1'],
    ['2024-03-02', '2'],
  ]);
});
