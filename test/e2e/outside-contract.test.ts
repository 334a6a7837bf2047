import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { insertInstallment } from '#test/support/oltp-rows.ts';
import { startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli, cliJson } from '../integration/cli/spawn-cli.ts';

/** The credit pipeline with models of its own, of which bronze selects a column that its contract does not have. */
let platform: TestPlatform;
let dir: string;
const QUICK = fileURLToPath(new URL('../fixtures/pipelines/quick/pipeline.ts', import.meta.url));
const CREDIT = fileURLToPath(new URL('../../pipelines/credit', import.meta.url));
const BRONZE = 'project/models/bronze/installments.sql';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-outside-contract-'));
  await cp(CREDIT, join(dir, 'project'), { recursive: true });
  await writeFile(
    join(dir, 'pipeline.ts'),
    `import quick from '${QUICK}';\nexport default { ...quick, projectDir: '${join(dir, 'project')}' };\n`,
  );
  await writeFile(join(dir, 'penstock.config.ts'), "export default { pipelines: ['./pipeline.ts'] };\n");
  platform = await startTestPlatform({ environment: { PENSTOCK_CONFIG: join(dir, 'penstock.config.ts') } });
  await withClient(platform.oltpUrl, (client) => insertInstallment(client, { id: 1, issued: '2026-01-01' }));
});
afterAll(async () => {
  await platform.stop();
  await rm(dir, { recursive: true });
});

async function change(from: string, to: string): Promise<void> {
  const sql = await readFile(join(dir, BRONZE), 'utf8');
  expect(sql).toContain(from);
  await writeFile(join(dir, BRONZE), sql.replace(from, to));
}

const bronzeIsThere = () =>
  withClient(platform.warehouseUrl, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(
      "select to_regclass('credit_bronze.installments') is not null as there",
    );
    return rows[0]?.there;
  });

const watermarkOf = (ledger: Parameters<typeof getWatermark>[0]) =>
  getWatermark(ledger, 'credit', 'installments', '');

test('check, plan, compile and the transformer refuse it; a run merges nothing and moves no watermark; mended, no row is missing', async () => {
  await change('  status,\n', '  status,\n  buyer_name,\n');
  const refused =
    /models\/bronze\/installments\.sql:28 reads buyer_name, which is not in the contract of stream installments/;

  const check = await cli(['check'], platform.environment);
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(refused);
  expect(check.stdout).toContain('models credit: PROJECT_INVALID');
  const plan = await cliJson(['plan', 'credit'], platform.environment);
  expect(plan.code).toBe(1);
  expect(JSON.stringify(plan.document)).toMatch(refused);
  const start = await cli(['start', 'transformer'], platform.environment);
  expect(start.code).toBe(1);
  expect(start.stderr).toMatch(/the transformer does not start:/);
  expect(start.stderr).toMatch(refused);

  const warehouse = platform.environment['PENSTOCK_WAREHOUSE_URL'] ?? '';
  const compile = await cli(
    ['transform', 'compile', '--project-dir', join(dir, 'project'), '--warehouse-schema', 'dev'],
    { PENSTOCK_WAREHOUSE_URL: warehouse, PENSTOCK_CONFIG: join(dir, 'penstock.config.ts') },
  );
  expect(compile.code).not.toBe(0);
  expect(compile.stderr).toMatch(refused);

  const services = await startServices(platform);
  try {
    const first = await services.run();
    expect(first.run.status).toBe('failed');
    expect(first.task('load', 'installments').status).toBe('succeeded');
    const merge = first.task('merge', 'installments');
    expect(merge.error).toMatchObject({ code: 'PROJECT_INVALID' });
    expect(merge.failures).toBe(1);
    expect(await bronzeIsThere()).toBe(false);
    expect(await watermarkOf(services.ledger)).toBeUndefined();

    await change('  buyer_name,\n', '');
    const second = await services.run();
    expect(second.run.status).toBe('succeeded');
    expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
    expect(await watermarkOf(services.ledger)).toBeDefined();
  } finally {
    await services.stop();
  }
});
