import { copyFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOfRun, type LedgerFile, releaseFile } from '#shared/ledger/files.ts';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { insertCompany, insertInstallment } from '#test/support/oltp-rows.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';

const schedule = 'bronze';

describeOverQueues('a broken file', (queue) => {
  let platform: TestPlatform;
  let services: RunningServices;
  let probe: GateProbe;
  let aside: string;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    probe = new GateProbe();
    services = await startServices(platform, probe);
    aside = await mkdtemp(join(tmpdir(), 'penstock-aside-'));
    await change('c1', 'Santos');
    await services.run({ schedule });
  });
  afterAll(async () => {
    await services.stop();
    await platform.stop();
    await rm(aside, { recursive: true, force: true });
  });

  /** Inserts or changes a company and waits until a run may read it. */
  async function change(cnpj: string, city: string): Promise<void> {
    await withClient(platform.oltpUrl, async (client) => {
      const updated = await client.query('update oltp.cnpj_ws set city = $2 where cnpj = $1', [cnpj, city]);
      if (updated.rowCount === 0) await insertCompany(client, cnpj, city);
    });
    await pastMargin(platform.oltpUrl);
  }

  /** Runs, and breaks the landed file of `cnpj_ws` before the loader has seen it. */
  async function runWithBrokenFile(
    breakIt: (path: string) => Promise<void>,
    stream: 'cnpj_ws' | 'installments' = 'cnpj_ws',
    logicalTime = new Date(),
  ): Promise<{ file: LedgerFile; status: string }> {
    const gate = probe.hold('load.started', stream);
    const runId = await services.ask({ schedule, logicalTime });
    await gate.arrived;
    const landed = (await filesOfRun(services.ledger, runId)).find((file) => file.stream === stream);
    if (landed === undefined) throw new Error(`the run landed no file of ${stream}`);
    const path = join(platform.landingDir, landed.key);
    await copyFile(path, join(aside, 'good.parquet'));
    await breakIt(path);
    gate.open();
    const { run } = await services.closed(runId);
    const file = (await filesOfRun(services.ledger, runId)).find(({ fileId }) => fileId === landed.fileId);
    if (file === undefined) throw new Error('the file has left the ledger');
    return { file, status: run.status };
  }

  const watermark = async () => (await getWatermark(services.ledger, 'credit', 'cnpj_ws', ''))?.cursor;
  const cityOf = (cnpj: string) =>
    withClient(platform.warehouseUrl, async (client) => {
      const { rows } = await client.query<{ city: string }>(
        'select city from credit_bronze.cnpj_ws where cnpj = $1',
        [cnpj],
      );
      return rows.map(({ city }) => city);
    });

  test('goes to quarantine with its reason, the run goes on, the watermark stays; released, it is loaded', async () => {
    const before = await watermark();
    await change('c2', 'Recife');
    const { file, status } = await runWithBrokenFile((path) => truncate(path, 200));
    expect(status).toBe('partial');
    expect(file).toMatchObject({ state: 'quarantined', place: 'quarantine' });
    expect(file.quarantineReason).toMatchObject({
      code: expect.any(String),
      origin: expect.stringContaining('landing/'),
    });
    expect(await watermark()).toBe(before);
    expect(await cityOf('c2')).toEqual([]);
    // A later run may read and merge the same rows; the watermark is held all the same.
    await services.run({ schedule });
    expect(await watermark()).toBe(before);

    await copyFile(join(aside, 'good.parquet'), join(platform.landingDir, file.key));
    await releaseFile(services.ledger, file.fileId, 'a person');
    await landedAgain(file);
    const released = await services.run({ schedule });
    expect(released.run.status).toMatch(/succeeded|no_changes/);
    expect(await watermark()).toBeGreaterThan(before ?? 0n);
    expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
  });

  test('released after a newer copy was merged, it does not overwrite it', async () => {
    await change('c3', 'older');
    const { file } = await runWithBrokenFile((path) => writeFile(path, 'no parquet at all'));
    await change('c3', 'newer');
    await services.run({ schedule });
    expect(await cityOf('c3')).toEqual(['newer']);
    await copyFile(join(aside, 'good.parquet'), join(platform.landingDir, file.key));
    await releaseFile(services.ledger, file.fileId, 'a person');
    await landedAgain(file);
    const { task } = await services.run({ schedule });
    expect(task('merge', 'cnpj_ws').result).toMatchObject({ changed: 0 });
    expect(await cityOf('c3')).toEqual(['newer']);
    expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
  });

  test('a row changed there and back while an older copy waits in quarantine ends as the source has it', async () => {
    const setAmount = (amount: number) =>
      withClient(platform.oltpUrl, (client) =>
        client.query('update oltp.installments set amount = $1', [amount]),
      );
    // Far below the look-back: only a full comparison, at most one a day, reads it.
    const day = (days: number) => new Date(Date.now() + days * 86_400_000);
    await withClient(platform.oltpUrl, (client) =>
      insertInstallment(client, { id: 1, issued: '2024-01-10' }),
    );
    await setAmount(1);
    await services.run({ schedule, logicalTime: day(1) });
    await setAmount(666);
    const { file } = await runWithBrokenFile(
      (path) => writeFile(path, 'no parquet at all'),
      'installments',
      day(2),
    );
    await setAmount(1);
    // Equal to bronze by hash, but not by version: were the merge skipped, the copy in quarantine would look newer.
    await services.run({ schedule, logicalTime: day(3) });
    await copyFile(join(aside, 'good.parquet'), join(platform.landingDir, file.key));
    await releaseFile(services.ledger, file.fileId, 'a person');
    await landedAgain(file);
    const { task } = await services.run({ schedule, logicalTime: day(3.1) });
    expect(task('extract', 'installments').result).toMatchObject({ mode: 'incremental' });
    expect(task('load', 'installments').status).toBe('succeeded');
    expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  });

  test('a file that has vanished is quarantined by name, and its rows are not forgotten', async () => {
    const before = await watermark();
    await change('c5', 'Natal');
    const { file, status } = await runWithBrokenFile((path) => rm(path));
    expect(status).toBe('partial');
    expect(file).toMatchObject({
      state: 'quarantined',
      quarantineReason: { code: 'LANDING_OBJECT_MISSING' },
    });
    expect(await watermark()).toBe(before);
  });

  test('good files stand in archive, and nothing is left in landing', async () => {
    const places = await readdir(platform.landingDir, { recursive: true });
    const landing = places.filter((name) => name.startsWith('landing') && name.endsWith('.parquet'));
    expect(landing).toEqual([]);
    expect(places.some((name) => name.startsWith('archive') && name.endsWith('.parquet'))).toBe(true);
  });

  /** The reconciler brings a released file back to landing. */
  async function landedAgain(file: LedgerFile): Promise<void> {
    await waitFor(
      async () => {
        const now = (await filesOfRun(services.ledger, file.runId)).find(
          ({ fileId }) => fileId === file.fileId,
        );
        return now?.place === 'landing' && now.movingTo === null;
      },
      { what: 'the released file to be back in landing' },
    );
  }
});
