import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#shared/ledger/events.ts';
import { insertInstallment } from '#test/support/oltp-rows.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const asOf = '2026-03-31';
const DAY_MS = 86_400_000;
let platform: TestPlatform;
let services: RunningServices;

beforeAll(async () => {
  platform = await startTestPlatform();
  await withClient(platform.oltpUrl, async (client) => {
    for (const id of [1, 2, 3]) await insertInstallment(client, { id, issued: '2026-01-01' });
    await insertInstallment(client, { id: 4, issued: null, amount: '7.50' });
  });
  services = await startServices(platform);
});

afterAll(async () => {
  await services?.stop();
  await platform?.stop();
});

const change = (sql: string, url = platform.oltpUrl) =>
  withClient(url, async (client) => void (await client.query(sql)));

/** A run so many days on, in which a full comparison is due; and what it says of the instalments. */
async function compare(days: number) {
  const logicalTime = new Date(Date.now() + days * DAY_MS);
  const { run, task } = await services.run({ asOf, logicalTime, streams: ['installments'] });
  const events = await listEvents(services.ledger, { runId: run.runId });
  return {
    reconciled: task('merge', 'installments').result?.['reconciled'],
    events: events
      .filter(({ type }) => type.startsWith('reconciliation.'))
      .map(({ type, level, facts }) => ({ type, level, ...facts })),
  };
}

const agreed = { stream: 'installments', slice: '', rejectedRows: 0, sumsCompared: true, differingSums: {} };

test('a first load compares nothing, a full comparison agrees, also when nothing has changed', async () => {
  expect(await compare(0)).toEqual({ reconciled: undefined, events: [] });
  expect(await compare(2)).toEqual({
    reconciled: 'agrees',
    events: [{ type: 'reconciliation.agrees', level: 'info', sourceRows: '4', bronzeRows: '4', ...agreed }],
  });
  await change(`update oltp.installments set amount = 150, paid_date = '2026-02-01' where id = 2`);
  expect(await compare(4)).toMatchObject({ reconciled: 'agrees', events: [{ sourceRows: '4' }] });
});

test('a row deleted at the source differs, in count and sums', async () => {
  await change('delete from oltp.installments where id = 3');
  expect(await compare(6)).toEqual({
    reconciled: 'differs',
    events: [
      {
        ...agreed,
        type: 'reconciliation.differs',
        level: 'warn',
        sourceRows: '3',
        bronzeRows: '4',
        differingSums: {
          // 1 + 2 + 4 and 3 more; instalment number 1 each; 100 + 150 + 7.50 and 100 more.
          id: { source: '7', bronze: '10' },
          installment_number: { source: '3', bronze: '4' },
          amount: { source: '257.50', bronze: '357.50' },
        },
      },
    ],
  });
});

test('an amount that bronze has wrong differs in its sum alone', async () => {
  await change('delete from credit_bronze.installments where id = 3', platform.warehouseUrl);
  await change(`update credit_bronze.installments set amount = 0.01 where id = 1`, platform.warehouseUrl);
  const { reconciled, events } = await compare(8);
  expect(reconciled).toBe('differs');
  expect(events).toMatchObject([
    { sourceRows: '3', bronzeRows: '3', differingSums: { amount: { source: '257.50', bronze: '157.51' } } },
  ]);
});

test('rows that broke the contract are taken off the count, and sums are then left alone', async () => {
  await change(`update credit_bronze.installments set amount = 100 where id = 1`, platform.warehouseUrl);
  // One in 301 stays below the share of rejects that is refused.
  await change(`insert into oltp.installments (id, amount) select n, 1 from generate_series(1000, 1297) n;
    insert into oltp.installments (id, invoice_id, amount) values (2000, repeat('x', 65), 1)`);
  expect(await compare(10)).toMatchObject({
    reconciled: 'agrees',
    events: [{ sourceRows: '302', rejectedRows: 1, bronzeRows: '301', sumsCompared: false }],
  });
});
