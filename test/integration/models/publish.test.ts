import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
let state: ModelVersions;
let runs = 0;

const BASE = [
  { id: 1, version: '01', customer: 1, status: 'paid', amount: '10.00' },
  { id: 2, version: '01', customer: 2, status: 'open', orderedOn: '2024-03-02', amount: '7.00' },
];

beforeAll(async () => {
  shop = await openShop();
  await shop.merge('base', BASE);
  state = bronze('m0');
  state = (await build()).newState;
});
afterAll(() => shop.close());

const bronze = (version: string): ModelVersions => ({
  ...state,
  orders: { version, inputVersions: {}, sqlChecksum: '', asOf: null },
});

/** A run of its own that sees bronze changed. */
function build(over: Parameters<Shop['build']>[2] = {}) {
  runs += 1;
  return shop.build(`run${runs}`, bronze(`m${runs}`), over);
}

const statusOf = (result: Awaited<ReturnType<typeof build>>) =>
  Object.fromEntries(result.models.map(({ name, status }) => [name, status]));

const leftovers = () =>
  shop.rows(`select relname from pg_class where relname ~ '__[co]_' and relkind in ('r', 'v') order by 1`);

it('leaves nothing behind but what is published', async () => {
  await build();
  expect(await leftovers()).toEqual([]);
  expect(
    await shop.rows(`select indexname from pg_indexes where tablename = 'orders_clean' order by 1`),
  ).toEqual([['orders_clean_customer_id_idx'], ['orders_clean_id_key']]);
});

it('shows a reader in a loop full tables only, never a missing, empty or mixed one', async () => {
  const seen = { reads: 0, wrong: 0, longestMs: 0 };
  let over = false;
  const reading = readUntil(() => over, seen);
  for (let publish = 0; publish < 6; publish += 1) expect((await build()).ok).toBe(true);
  over = true;
  await reading;
  expect(seen.wrong).toBe(0);
  expect(seen.reads).toBeGreaterThan(30);
  expect(seen.longestMs).toBeLessThan(150);
});

async function readUntil(isOver: () => boolean, seen: { reads: number; wrong: number; longestMs: number }) {
  while (!isOver()) {
    const started = performance.now();
    const rows = await shop.rows(
      `select (select count(*) from shop_gold.customer_revenue), (select sum(paid_cents) from shop_gold.paid_view),
         (select count(*) from shop_gold.open_orders)`,
    );
    seen.longestMs = Math.max(seen.longestMs, performance.now() - started);
    seen.reads += 1;
    if (JSON.stringify(rows) !== '[["3","1000","1"]]') seen.wrong += 1;
  }
}

it('keeps nobody waiting longer than 150 ms while a slow reader holds a table', async () => {
  const slow = await shop.pool.connect();
  await slow.query('begin');
  await slow.query('select * from shop_gold.customer_revenue limit 1');
  const publishing = build();
  await waitFor(
    async () =>
      (
        await shop.rows(
          `select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`,
        )
      ).length > 0,
    {
      timeoutMs: 10_000,
      what: 'the swap to wait for the slow reader',
    },
  );
  const seen = { reads: 0, wrong: 0, longestMs: 0 };
  await readUntil(() => seen.reads > 200, seen);
  await slow.query('commit');
  slow.release();
  expect((await publishing).ok).toBe(true);
  expect(seen.wrong).toBe(0);
  expect(seen.longestMs).toBeLessThan(150);
}, 30_000);

it('gives up retryably when the reader never leaves, naming its pid, and publishes nothing', async () => {
  const slow = await shop.pool.connect();
  const { rows } = await slow.query<{ pid: number }>('select pg_backend_pid() as pid');
  await slow.query('begin');
  await slow.query('select * from shop_gold.customer_revenue limit 1');
  const publishing = build({ limits: { lockTimeoutMs: 20, giveUpAfterMs: 200 } });
  await expect(publishing).rejects.toMatchObject({ code: 'PUBLISH_LOCKED', retry: 'retryable' });
  await publishing.catch((error: Error) => expect(error.message).toContain(`pid ${rows[0]?.pid}`));
  await slow.query('commit');
  slow.release();
  // The next attempt of the same run takes the superseded one's candidates away.
  const again = await shop.build(`run${runs}`, bronze(`m${runs}`), {
    tag: { runId: `run${runs}`, attempt: 2 },
  });
  expect(again.ok).toBe(true);
  expect(await leftovers()).toEqual([]);
});

it('waits for a transaction whose snapshot would find the new table empty', async () => {
  const reader = await shop.pool.connect();
  await reader.query('begin isolation level repeatable read');
  await reader.query('select 1 from shop_temp.orders__base');
  const impatient = build({ limits: { giveUpAfterMs: 300 } });
  await expect(impatient).rejects.toMatchObject({ code: 'PUBLISH_LOCKED' });
  const publishing = shop.build(`run${runs}`, bronze(`m${runs}`), {
    tag: { runId: `run${runs}`, attempt: 2 },
  });
  await waitFor(
    async () =>
      (
        await shop.rows(
          `select from pg_stat_activity where datname = current_database() and query ~ 'pg_stat_clear_snapshot|age.backend_xmin.'`,
        )
      ).length > 1,
    { timeoutMs: 10_000, what: 'the swap to look at snapshots' },
  );
  expect((await reader.query('select count(*)::int as n from shop_gold.customer_revenue')).rows).toEqual([
    { n: 3 },
  ]);
  await reader.query('commit');
  reader.release();
  expect((await publishing).ok).toBe(true);
}, 30_000);

it('keeps the old gold when a blocking test fails, publishes the rest and keeps the candidate', async () => {
  const before = await shop.rows('select * from shop_gold.customer_revenue order by 1');
  await shop.merge(`neg${runs}`, [{ id: 3, version: '01', customer: 3, status: 'paid', amount: '-5.00' }]);
  const result = await build();
  expect(result.ok).toBe(false);
  expect(statusOf(result)).toMatchObject({
    customer_revenue: 'blocked',
    paid_view: 'skipped',
    orders_clean: 'published',
    open_orders: 'published',
    small_orders: 'blocked',
  });
  // A view whose own tests failed stays on the rows that passed, though its table moved on.
  expect(await shop.rows('select id from shop_silver.orders_clean where amount_cents < 0')).toEqual([['3']]);
  expect(await shop.rows('select id from shop_gold.small_orders where amount_cents < 0')).toEqual([]);
  const blocked = result.models.find(({ name }) => name === 'customer_revenue');
  expect(blocked?.reason).toBe('test not_negative_customer_revenue_paid_cents');
  expect(blocked?.tests.filter(({ blocking }) => blocking).map(({ failures }) => failures)).toEqual([1]);
  expect(await shop.rows('select * from shop_gold.customer_revenue order by 1')).toEqual(before);
  expect(await shop.rows('select * from shop_gold.paid_view')).toEqual([[1, '1000']]);
  expect(await shop.rows(`select paid_cents from ${blocked?.keptCandidate} where customer_id = 3`)).toEqual([
    ['-500'],
  ]);
  expect(result.newState['customer_revenue']?.version).not.toBe(result.newState['orders_clean']?.version);

  await shop.merge(`fix${runs}`, [
    { id: 3, version: '02', customer: 3, status: 'cancelled', amount: '-5.00' },
  ]);
  state = result.newState;
  expect((await build()).ok).toBe(true);
  expect(await leftovers()).toEqual([]);
});

it('carries owner, grants, comments, settings and foreign views over to the new table', async () => {
  await shop.pool.query(`
    drop role if exists shop_reader; create role shop_reader;
    drop role if exists shop_owner; create role shop_owner;
    grant usage, create on schema shop_gold to shop_owner;
    grant select on shop_gold.customer_revenue to shop_reader with grant option;
    grant update (name) on shop_gold.customer_revenue to shop_reader;
    comment on table shop_gold.customer_revenue is 'it''s money\\';
    comment on column shop_gold.customer_revenue.name is 'who';
    alter table shop_gold.customer_revenue set (fillfactor = 70);
    alter table shop_gold.customer_revenue alter column country set statistics 7;
    alter table shop_gold.customer_revenue owner to shop_owner;
    create view public.rich with (security_barrier) as select name from shop_gold.customer_revenue where paid_cents > 0;
    grant select on public.rich to shop_reader;
    create view public.richer as select name from public.rich;
    create materialized view public.frozen as select count(*) from shop_gold.customer_revenue;`);
  const identity = `select relowner::regrole::text, relacl::text, reloptions, obj_description(oid),
    col_description(oid, 2), (select attacl::text from pg_attribute where attrelid = c.oid and attname = 'name'),
    (select attstattarget from pg_attribute where attrelid = c.oid and attname = 'country')
    from pg_class c where oid = 'shop_gold.customer_revenue'::regclass`;
  const before = await shop.rows(identity);
  await shop.merge('more', [{ id: 9, version: '01', customer: 2, status: 'paid', amount: '2.00' }]);
  const result = await build();
  expect(await shop.rows(identity)).toEqual(before);
  expect(await shop.rows('select name from public.richer order by 1')).toEqual([
    ['Ada, Countess'],
    ['Grace "Amazing"'],
  ]);
  expect(
    await shop.rows(`select reloptions, relacl::text ~ 'shop_reader' from pg_class where relname = 'rich'`),
  ).toEqual([[['security_barrier=true'], true]]);
  expect(result.dependents.map(({ relation, outcome }) => `${relation.name} ${outcome}`).sort()).toEqual([
    'frozen left',
    'rich repointed',
  ]);
  await shop.pool.query('drop materialized view public.frozen');
  await build();
  expect(await leftovers()).toEqual([]);
  await shop.pool.query(
    'drop view public.richer, public.rich; drop owned by shop_reader; drop role shop_reader',
  );
  await shop.pool.query(
    'alter table shop_gold.customer_revenue owner to postgres; drop owned by shop_owner; drop role shop_owner',
  );
});

it('refuses a swap that would drop a foreign key or what it did not build, and leaves what is published', async () => {
  await shop.pool.query(
    'create table public.bills (order_id bigint references shop_silver.orders_clean (id))',
  );
  await expect(build()).rejects.toMatchObject({
    code: 'PUBLISH_REFUSED',
    facts: { attached: 'foreign key bills_order_id_fkey' },
  });
  await shop.pool.query('drop table public.bills');
  await shop.pool.query('drop view shop_gold.small_orders');
  await shop.pool.query('create materialized view shop_gold.small_orders as select 1 as mine');
  runs += 1;
  const again = shop.build(`run${runs - 1}`, bronze(`m${runs}`), {
    tag: { runId: `run${runs - 1}`, attempt: 2 },
  });
  await expect(again).rejects.toMatchObject({ code: 'PUBLISH_REFUSED', facts: { attached: 'relkind m' } });
  await shop.pool.query('drop materialized view shop_gold.small_orders');
  // What a reconciler does with the candidates of a run that is over.
  const left = await shop.warehouse.leftovers(['shop_silver', 'shop_gold']);
  expect(new Set(left.map(({ runId, attempt }) => `${runId} ${attempt}`))).toEqual(
    new Set([`run${runs - 1} 2`]),
  );
  await shop.warehouse.drop(left.map(({ relation }) => relation));
  expect(await leftovers()).toEqual([]);
});

it('publishes once when the task is delivered again after the commit', async () => {
  const first = await build();
  const events: string[] = [];
  const oid = await shop.rows(`select 'shop_gold.customer_revenue'::regclass::oid`);
  const second = await shop.build(`run${runs}`, bronze(`m${runs}`), {
    tag: { runId: `run${runs}`, attempt: 2 },
    onEvent: (event) => events.push(event.kind),
  });
  expect(events).toEqual([]);
  expect(second.alreadyPublished).toBe(true);
  expect(second.newState).toEqual(first.newState);
  expect(second.models).toEqual(first.models);
  expect(await shop.rows(`select 'shop_gold.customer_revenue'::regclass::oid`)).toEqual(oid);
});

it('lets two runs of the same models go on at once', async () => {
  const results = await Promise.all([build(), build(), build()]);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(await leftovers()).toEqual([]);
  expect(await shop.rows('select count(*) from shop_gold.customer_revenue')).toEqual([['3']]);
}, 30_000);

it('builds nothing when nothing changed, and only what asks for the date when that did', async () => {
  state = (await build()).newState;
  const same = await shop.build('same', state);
  expect(new Set(same.models.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
    new Set(['skipped no changes']),
  );
  const later = await shop.build('later', state, { asOf: '2024-03-20' });
  expect(
    later.models
      .filter(({ status }) => status === 'published')
      .map(({ name, reason }) => `${name} ${reason}`),
  ).toEqual(['open_orders as_of changed']);
  expect(await shop.rows('select id, days_open, is_late from shop_gold.open_orders')).toEqual([
    ['2', 18, true],
  ]);
});

it('stops the SQL on the server when it is aborted', async () => {
  const blocker = await shop.pool.connect();
  await blocker.query('begin');
  await blocker.query('lock table shop_bronze.orders in access exclusive mode');
  const controller = new AbortController();
  const building = build({ signal: controller.signal });
  const waiting = () =>
    shop.rows(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  await waitFor(async () => (await waiting()).length > 0, {
    timeoutMs: 10_000,
    what: 'a model to wait for the lock',
  });
  controller.abort(new Error('stopped by hand'));
  await expect(building).rejects.toThrow('stopped by hand');
  expect(await waiting()).toEqual([]);
  await blocker.query('rollback');
  blocker.release();
});
