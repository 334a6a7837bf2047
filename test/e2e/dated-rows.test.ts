import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRejects } from '#shared/ledger/rejects.ts';
import { insertInstallment } from '#test/support/oltp-rows.ts';
import { startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

/** The credit pipeline, whose instalments may be issued two months ago at the earliest, and tomorrow at the latest. */
const PIPELINE = `
import quick from '${fileURLToPath(new URL('../fixtures/pipelines/quick/pipeline.ts', import.meta.url))}';
const { installments } = quick.streams;
const { fields } = installments.contract;
const issued = fields.invoice_issue_date;
const checks = { ...issued.checks, maxAgeMonths: 2, maxAheadDays: 1 };
const contract = { ...installments.contract, fields: { ...fields, invoice_issue_date: { ...issued, checks } } };
export default { ...quick, streams: { ...quick.streams, installments: { ...installments, contract, maxRejectedRatio: 1 } } };
`;
const DAY_MS = 86_400_000;
const daysFromNow = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const AS_OF = daysFromNow(0);

let platform: TestPlatform;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-dated-'));
  await writeFile(join(dir, 'pipeline.ts'), PIPELINE);
  await writeFile(join(dir, 'penstock.config.ts'), "export default { pipelines: ['./pipeline.ts'] };\n");
  platform = await startTestPlatform({ environment: { PENSTOCK_CONFIG: join(dir, 'penstock.config.ts') } });
});
afterAll(async () => {
  await platform.stop();
  await rm(dir, { recursive: true });
});

test('rows of a database dated before what is kept, or ahead of tomorrow, are rejects by name; the rest lands', async () => {
  const issued = [daysFromNow(-30), daysFromNow(0), daysFromNow(-130), daysFromNow(20)];
  await withClient(platform.oltpUrl, async (client) => {
    for (const [index, day] of issued.entries())
      await insertInstallment(client, { id: index + 1, issued: day });
  });
  const services = await startServices(platform);
  try {
    const { run } = await services.run({ streams: ['installments'], asOf: AS_OF });
    expect(run.status).toBe('succeeded');
    const rejects = await openRejects(services.ledger, 'credit', 'installments');
    expect(rejects.map(({ column, code }) => `${column} ${code}`)).toEqual([
      'invoice_issue_date min',
      'invoice_issue_date max',
    ]);
    const landed = await withClient(platform.warehouseUrl, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        'select id::text from credit_bronze.installments order by id',
      );
      return rows.map(({ id }) => id);
    });
    expect(landed).toEqual(['1', '2']);
  } finally {
    await services.stop();
  }
});
