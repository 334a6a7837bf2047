import { afterAll, beforeAll, expect, test } from 'vitest';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { insertCompany, insertInstallment } from '#test/support/oltp-rows.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const COMPANY = '11222333000181';
const TODAY = new Date().toISOString().slice(0, 10);

// Invariant 7: a failed slice never stops the others; the run says what is stale, and its gold is published.
describeOverQueues('a stream that fails beside one that does not', (queue) => {
  let platform: TestPlatform;
  let services: RunningServices;
  let last = 0;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    services = await startServices(platform);
    await withClient(platform.oltpUrl, (client) => insertCompany(client, COMPANY));
    await addInstallment();
    expect((await services.run()).run.status).toBe('succeeded');
  });
  afterAll(async () => {
    await services.stop();
    await platform.stop();
  });

  const atSource = (sql: string) => withClient(platform.oltpUrl, (client) => client.query(sql));
  const atWarehouse = (sql: string) => withClient(platform.warehouseUrl, (client) => client.query(sql));
  const addInstallment = () =>
    withClient(platform.oltpUrl, (client) => insertInstallment(client, { id: ++last, issued: TODAY }));
  const watermark = async () => (await getWatermark(services.ledger, 'credit', 'cnpj_ws', ''))?.cursor;

  /** Runs, and expects gold to have the new instalment although companies could not be brought up to date. */
  async function expectPartial(kind: 'extract' | 'merge', reason: RegExp): Promise<void> {
    await addInstallment();
    const before = await watermark();
    // Else the run may read up to a moment before the changes, and have nothing that could fail.
    await pastMargin(platform.oltpUrl);
    const { run, task } = await services.run();
    expect(run.status).toBe('partial');
    expect(task(kind, 'cnpj_ws').status).toBe('failed');
    expect(task('merge', 'installments').status).toBe('succeeded');
    expect(run.manifest?.['incomplete']).toMatchObject([
      { stream: 'cnpj_ws', reason: expect.stringMatching(reason) },
    ]);
    const { rows } = await atWarehouse(
      'select max(id)::int as newest from credit_gold.payment_analytics_detailed',
    );
    expect(rows).toEqual([{ newest: last }]);
    expect(await watermark()).toBe(before);
    expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  }

  async function expectMended(): Promise<void> {
    expect((await services.run()).run.status).toBe('succeeded');
    expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
  }

  test('its extraction is refused by the source', async () => {
    await atSource('revoke select on oltp.cnpj_ws from penstock_reader');
    await atSource(`update oltp.cnpj_ws set city = 'Olinda', updated_at = now()`);
    await expectPartial('extract', /sqlstate=42501/);
    await atSource('grant select on oltp.cnpj_ws to penstock_reader');
    await expectMended();
  });

  test('its merge is refused by the warehouse', async () => {
    await atWarehouse(`alter table credit_bronze.cnpj_ws add constraint no_ilha check (city <> 'Ilha')`);
    await atSource(`update oltp.cnpj_ws set city = 'Ilha', updated_at = now()`);
    await expectPartial('merge', /23514/);
    await atWarehouse('alter table credit_bronze.cnpj_ws drop constraint no_ilha');
    await expectMended();
  });
});
