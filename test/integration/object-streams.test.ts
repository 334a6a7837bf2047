import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { discardObject, quarantinedObjects } from '#shared/ledger/objects.ts';
import { openRejects } from '#shared/ledger/rejects.ts';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { openS3Bucket, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { describeWithS3, testS3 } from '#test/support/s3.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

const row = (device: number, health: string) => ({
  ...{ device_id: `d-${String(device).padStart(7, '0')}`, evaluated_on: '2026-03-10', model_version: 'v1.4' },
  ...{ health: Number(health), days_remaining: 100, technician: 'PII-0123456789ab' },
});

describeWithS3('objects of a bucket', () => {
  let platform: TestPlatform;
  let services: RunningServices;
  let bucket: S3Bucket;
  const probe = new GateProbe();

  beforeAll(async () => {
    const url = testS3();
    bucket = openS3Bucket(url);
    platform = await startTestPlatform({
      environment: { PENSTOCK_CONFIG: 'penstock.config.ts', PENSTOCK_SOURCE_EVALUATIONS_URL: url },
    });
    services = await startServices(platform, probe);
  });
  afterAll(async () => {
    await services?.stop();
    bucket?.client.destroy();
    await platform?.stop();
  });

  const put = (key: string, body: string | Buffer) =>
    bucket.client.send(
      new PutObjectCommand({ Bucket: bucket.bucket, Key: `${bucket.prefix}evaluations/${key}`, Body: body }),
    );
  const run = () => services.run({ pipeline: 'fleet', streams: ['battery_evaluations'] });
  const bronze = () =>
    withClient(platform.warehouseUrl, async (client) => {
      const { rows } = await client.query<{ device_id: string; health: string }>(
        'select device_id, health::text from fleet_bronze.battery_evaluations order by 1',
      );
      return rows.map(({ device_id, health }) => `${Number(device_id.slice(2))}:${health}`);
    });

  test('new objects of every format land once; a broken one is quarantined by name and the rest goes on', async () => {
    await put('one.json', JSON.stringify([row(1, '0.9')]));
    await put(
      'two.ndjson.gz',
      gzipSync(`${JSON.stringify(row(2, '0.8'))}\n${JSON.stringify(row(3, '0.7'))}\n`),
    );
    await put(
      'three.csv',
      'device_id,evaluated_on,model_version,health,days_remaining\nd-0000004,2026-03-10,v1.4,0.6,\n',
    );
    await put('broken.json', '[{"device_id": "d-00');
    await put('wrong.ndjson', `${JSON.stringify({ ...row(5, '7.5') })}\n`);
    const { run: closed } = await run();
    expect(closed).toMatchObject({
      status: 'partial',
      manifest: { incomplete: [{ stream: 'battery_evaluations', reason: '2 object(s) in quarantine' }] },
    });
    expect(await bronze()).toEqual(['1:0.9000', '2:0.8000', '3:0.7000', '4:0.6000']);
    const held = await quarantinedObjects(services.ledger, 'fleet');
    expect(held.map(({ key, reason }) => [key.split('/').at(-1), reason['code']])).toEqual([
      ['broken.json', 'OBJECT_BROKEN'],
      ['wrong.ndjson', 'EXTRACT_TOO_MANY_REJECTS'],
    ]);
    expect(JSON.stringify(held)).not.toContain('d-00');
    expect(await getWatermark(services.ledger, 'fleet', 'battery_evaluations', '')).toBeUndefined();
  });

  test('an evaluation dated beyond tomorrow is a reject by name, and the rest of its object lands', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => row(1_000 + index, '0.5'));
    const ahead = { ...row(1_999, '0.5'), evaluated_on: '2098-01-01' };
    await put('ahead.ndjson', [...rows, ahead].map((one) => `${JSON.stringify(one)}\n`).join(''));
    const { run: closed, task } = await run();
    expect(task('extract', 'battery_evaluations').result).toMatchObject({ rows: 200, rejectedRows: 1 });
    const rejects = await openRejects(services.ledger, 'fleet', 'battery_evaluations');
    expect(rejects.map(({ column, code, runId }) => [column, code, runId])).toEqual([
      ['evaluated_on', 'max', closed.runId],
    ]);
    expect(await bronze()).not.toContain('1999:0.5000');
    await withClient(platform.warehouseUrl, (client) =>
      client.query("delete from fleet_bronze.battery_evaluations where device_id >= 'd-0001000'"),
    );
  });

  test('what was read is not read again; a key with other content is, and the newer object wins', async () => {
    const before = await bronze();
    const { task } = await run();
    expect(task('extract', 'battery_evaluations').result).toMatchObject({ objects: 0, rows: 0 });
    expect(await bronze()).toEqual(before);
    await put('one.json', JSON.stringify([row(1, '0.5')]));
    const again = await run();
    expect(again.task('extract', 'battery_evaluations').result).toMatchObject({ objects: 1, rows: 1 });
    expect((await bronze())[0]).toBe('1:0.5000');
  });

  test('once a person gave the broken ones up, runs are whole again', async () => {
    for (const { stream, key, etag } of await quarantinedObjects(services.ledger, 'fleet')) {
      await discardObject(services.ledger, { pipeline: 'fleet', stream, key, etag }, 'me');
    }
    await put('five.json', JSON.stringify({ results: [row(6, '0.4')] }));
    expect((await run()).run.status).toBe('succeeded');
    expect((await bronze()).at(-1)).toBe('6:0.4000');
  });
});
