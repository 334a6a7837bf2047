import { afterAll, beforeAll, expect, it } from 'vitest';
import { mergeBronze } from '#shared/models/merge-bronze.ts';
import { seededRandom } from '#test/support/seeded-random.ts';
import { defaultMerge, type LandedOrder, openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const stored = (columns: string) => shop.rows(`select ${columns} from shop_bronze.orders order by id`);
const empty = () => shop.pool.query('drop table if exists shop_bronze.orders cascade');

it('builds the table with its key, load columns and counts at the first merge', async () => {
  await empty();
  const outcome = await shop.merge('first', [
    { id: 1, version: '01', file: 7 },
    { id: 2, version: '01', file: 8 },
  ]);
  expect(outcome).toMatchObject({
    inserted: 2,
    updated: 0,
    changed: 2,
    duplicates: 0,
    alreadyApplied: false,
  });
  expect(await stored('id, _source_file, _run_id, _source_table, _loaded_at')).toEqual([
    ['1', 'file-7.parquet', 'first', 'landing.orders', new Date('2024-03-10T12:00:00Z')],
    ['2', 'file-8.parquet', 'first', 'landing.orders', new Date('2024-03-10T12:00:00Z')],
  ]);
  expect(await shop.rows(`select contype from pg_constraint where conname = 'orders_pkey'`)).toEqual([['p']]);
});

it('counts inserted, updated, advanced, unchanged, stale and duplicate rows apart', async () => {
  await empty();
  await shop.merge('count0', [
    { id: 1, version: '05' },
    { id: 2, version: '05' },
    { id: 3, version: '05' },
    { id: 4, version: '05' },
  ]);
  const outcome = await shop.merge('count1', [
    { id: 1, version: '06', amount: '11.00' },
    { id: 2, version: '06' },
    { id: 3, version: '05' },
    { id: 4, version: '04', amount: '99.00' },
    { id: 5, version: '01' },
    { id: 5, version: '02', amount: '12.00' },
  ]);
  const { inserted, updated, advanced, unchanged, stale, duplicates, changed } = outcome;
  expect({ inserted, updated, advanced, unchanged, stale, duplicates, changed }).toEqual({
    inserted: 1,
    updated: 1,
    advanced: 1,
    unchanged: 1,
    stale: 1,
    duplicates: 1,
    changed: 2,
  });
  expect(await stored('id, _version, amount, _run_id')).toEqual([
    ['1', '06', '11.00', 'count1'],
    ['2', '06', '10.00', 'count0'],
    ['3', '05', '10.00', 'count0'],
    ['4', '05', '10.00', 'count0'],
    ['5', '02', '12.00', 'count1'],
  ]);
});

it('keeps out a copy of in-between age after a newer one with the same content', async () => {
  await empty();
  await shop.merge('between0', [{ id: 1, version: '01', amount: '1.00' }]);
  await shop.merge('between1', [{ id: 1, version: '03', amount: '1.00' }]);
  await shop.merge('between2', [{ id: 1, version: '02', amount: '2.00' }]);
  expect(await stored('_version, amount')).toEqual([['03', '1.00']]);
});

it('reaches the newest version of each key, whatever the order, batches, repeats and concurrency', async () => {
  for (let round = 0; round < 12; round += 1) {
    await empty();
    const random = seededRandom(round + 1);
    const copies = Array.from({ length: 60 }, () => copyOf(random));
    const batches = inBatches(copies, random);
    const merges = batches.map((batch, index) => shop.merge(`perm${round}_${index}`, batch));
    const outcomes = await Promise.all(merges);
    const rows = outcomes.map(
      ({ inserted, updated, advanced, unchanged, stale, duplicates }) =>
        inserted + updated + advanced + unchanged + stale + duplicates,
    );
    expect(rows).toEqual(batches.map(({ length }) => length));
    expect(await stored('id::int, _version, amount'), `seed ${round + 1}`).toEqual(newestOf(copies));
  }
}, 60_000);

it('does nothing when it is delivered again, and says what it did', async () => {
  await empty();
  const first = await shop.merge('again', [{ id: 1, version: '01' }]);
  await shop.pool.query(`update shop_bronze.orders set amount = 77`);
  const hashed = await shop.land('again_loaded_twice', [
    { id: 1, version: '02' },
    { id: 9, version: '01' },
  ]);
  const request = { ...defaultMerge(shop.project, shop.warehouse, 'again', []), hashed };
  const second = await mergeBronze(request);
  expect(second).toEqual({ ...first, alreadyApplied: true });
  expect(await stored('id, amount')).toEqual([['1', '77.00']]);
});

it('merges once when two deliveries run at the same time', async () => {
  await empty();
  const orders = [{ id: 1, version: '01' }];
  const hashed = await shop.land('twice', orders);
  const request = { ...defaultMerge(shop.project, shop.warehouse, 'twice', orders), hashed };
  const outcomes = await Promise.all([mergeBronze(request), mergeBronze(request)]);
  expect(outcomes.map(({ alreadyApplied }) => alreadyApplied).sort()).toEqual([false, true]);
});

it.each([
  ['fewer rows than its file', new Map([['1', 3]])],
  [
    'a file that is not there at all',
    new Map([
      ['1', 2],
      ['2', 1],
    ]),
  ],
  ['rows of a file nobody expects', new Map<string, number>()],
])('refuses a hashed table with %s, and changes nothing', async (_what, expectedRowsPerFile) => {
  await empty();
  const name = `short${expectedRowsPerFile.size}`;
  const orders = [
    { id: 1, version: '01' },
    { id: 2, version: '01' },
  ];
  const merged = shop.merge(name, orders, { expectedRowsPerFile });
  await expect(merged).rejects.toMatchObject({ code: 'HASHED_TABLE_SHORT', retry: 'retryable' });
  expect(await shop.rows(`select to_regclass('shop_bronze.orders')`)).toEqual([[null]]);
  await shop.pool.query(`drop table shop_temp.orders__${name}`);
});

it('refuses a hashed table that is gone', async () => {
  const request = defaultMerge(shop.project, shop.warehouse, 'gone', []);
  const merged = mergeBronze({ ...request, hashed: { schema: 'shop_temp', name: 'orders__gone' } });
  await expect(merged).rejects.toMatchObject({ code: 'HASHED_TABLE_MISSING' });
});

it('builds a full refresh aside and swaps it in, with a foreign view following', async () => {
  await empty();
  await shop.merge('full0', [
    { id: 1, version: '09' },
    { id: 2, version: '09' },
  ]);
  await shop.pool.query('create view public.order_ids as select id from shop_bronze.orders');
  const outcome = await shop.merge('full1', [{ id: 2, version: '01', amount: '3.00' }], {
    fullRefresh: true,
  });
  expect(outcome).toMatchObject({ inserted: 1 });
  expect(await stored('id, amount')).toEqual([['2', '3.00']]);
  expect(await shop.rows('select id from public.order_ids')).toEqual([['2']]);
  expect(
    await shop.rows(
      `select contype, conname from pg_constraint where conrelid = 'shop_bronze.orders'::regclass and contype = 'p'`,
    ),
  ).toEqual([['p', 'orders_pkey']]);
  expect(
    await shop.rows(
      `select relname from pg_class where relnamespace = 'shop_bronze'::regnamespace and relname like 'orders\\_\\_%'`,
    ),
  ).toEqual([]);
});

it('adds a column that the model begins to select', async () => {
  await empty();
  await shop.merge('column0', [{ id: 1, version: '01' }]);
  await shop.pool.query('alter table shop_bronze.orders drop column customer_id');
  await shop.merge('column1', [{ id: 2, version: '01', customer: 5 }]);
  expect(await stored('id, customer_id')).toEqual([
    ['1', null],
    ['2', '5'],
  ]);
});

function copyOf(random: () => number): LandedOrder {
  const id = 1 + Math.floor(random() * 8);
  const age = 1 + Math.floor(random() * 9);
  // One version of a key has one content, as in one snapshot; some versions have the same as their neighbours.
  return { id, version: `0${age}`, amount: `${id * 100 + Math.floor(age / 3)}.00` };
}

function inBatches(copies: readonly LandedOrder[], random: () => number): LandedOrder[][] {
  const batches: LandedOrder[][] = [[], [], [], []];
  for (const copy of copies) batches[Math.floor(random() * batches.length)]?.push(copy);
  return batches.filter((batch) => batch.length > 0);
}

function newestOf(copies: readonly LandedOrder[]): unknown[][] {
  const newest = new Map<number, LandedOrder>();
  for (const copy of copies) {
    const known = newest.get(copy.id);
    if (!known || copy.version > known.version) newest.set(copy.id, copy);
  }
  return [...newest.values()]
    .sort((a, b) => a.id - b.id)
    .map(({ id, version, amount }) => [id, version, amount]);
}
