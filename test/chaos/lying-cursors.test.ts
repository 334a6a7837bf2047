import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { insertInstallment } from '#test/support/oltp-rows.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const DAY_MS = 86_400_000;
const schedule = 'bronze';

describeOverQueues('a cursor that the application writes', (queue) => {
  let platform: TestPlatform;
  let services: RunningServices;
  /** Logical time; the days between runs decide when a full comparison is due. */
  let clock = Date.now();

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    services = await startServices(platform);
    await withClient(platform.oltpUrl, async (client) => {
      // Old: far below the watermark less the look-back of 30 days. Fresh: within it.
      await insertInstallment(client, { id: 1, issued: '2024-01-10', paid: dayText(-5) });
      await insertInstallment(client, { id: 2, issued: '2024-01-11' });
      await insertInstallment(client, { id: 3, issued: dayText(-3) });
      await insertInstallment(client, { id: 4, issued: null });
    });
    await run();
  });
  afterAll(async () => {
    await services.stop();
    await platform.stop();
  });

  const update = (sql: string) => withClient(platform.oltpUrl, (client) => client.query(sql));
  const run = (laterDays = 0) => {
    clock += laterDays * DAY_MS + 1;
    return services.run({ schedule, logicalTime: new Date(clock) });
  };
  const agrees = () => compareWithSource(platform, 'installments');

  test('an amount changed without a date is found at once within the look-back', async () => {
    await update('update oltp.installments set amount = 250.50 where id = 3');
    const { task } = await run();
    expect(task('extract', 'installments').result).toMatchObject({ mode: 'incremental' });
    expect(await agrees()).toEqual(AGREES);
  });

  test('a row whose cursor is NULL is read and counted in every run', async () => {
    await update('update oltp.installments set amount = 7 where id = 4');
    const { task } = await run();
    expect(task('extract', 'installments').result).toMatchObject({ mode: 'incremental', nullCursorRows: 1 });
    expect(await agrees()).toEqual(AGREES);
  });

  test('a date set back to NULL takes the row out of the window, and it is still found within the look-back', async () => {
    await update('update oltp.installments set invoice_issue_date = null where id = 3');
    await run();
    expect(await agrees()).toEqual(AGREES);
  });

  test('a back-dated insert within the look-back is found', async () => {
    await withClient(platform.oltpUrl, (client) =>
      insertInstallment(client, { id: 5, issued: dayText(-20) }),
    );
    await run();
    expect(await agrees()).toEqual(AGREES);
  });

  test('a row dated in the future is read', async () => {
    await withClient(platform.oltpUrl, (client) => insertInstallment(client, { id: 6, issued: dayText(40) }));
    await run();
    expect(await agrees()).toEqual(AGREES);
  });

  test('a cancelled payment falls behind the look-back; the next full comparison finds it, and it wins', async () => {
    await update(`update oltp.installments set paid_date = null, status = 'open' where id = 1`);
    const soon = await run();
    expect(soon.task('extract', 'installments').result).toMatchObject({ mode: 'incremental' });
    // It carries a lower date than the copy in bronze, so only the ordinal tells that it is newer.
    const nextDay = await run(1);
    expect(nextDay.task('extract', 'installments').result).toMatchObject({ mode: 'full' });
    expect(await agrees()).toEqual(AGREES);
  });

  test('an old amount changed without a date is found by the full comparison', async () => {
    await update('update oltp.installments set amount = 99.99 where id = 2');
    await run();
    expect((await agrees()).onlyInSource).toHaveLength(1);
    await run(1);
    expect(await agrees()).toEqual(AGREES);
  });
});

function dayText(fromToday: number): string {
  return new Date(Date.now() + fromToday * DAY_MS).toISOString().slice(0, 10);
}
