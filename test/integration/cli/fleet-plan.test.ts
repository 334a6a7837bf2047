import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { cliJson } from './spawn-cli.ts';

let platform: TestPlatform;
beforeAll(async () => {
  const config = new URL('../../../penstock.config.ts', import.meta.url).pathname;
  platform = await startTestPlatform({ environment: { PENSTOCK_CONFIG: config } });
});
afterAll(() => platform.stop());

const json = (...args: string[]) => cliJson(args, platform.environment);

test('plan says of each kind of stream how it is read', async () => {
  const { code, document } = await json(
    'plan',
    'fleet',
    '--schedule',
    'twelve_hourly_elt',
    '--as-of',
    '2026-03-31',
  );
  expect(code).toBe(0);
  expect(document).toMatchObject({ streams: ['device_states', 'hierarchy'], layers: ['silver', 'gold'] });
  const all = (await json('plan', 'fleet', '--as-of', '2026-03-31')).document;
  const reasons = (all['slices'] as { stream: string; reason: string; watermark: null }[]).map(
    ({ stream, reason }) => `${stream}: ${reason}`,
  );
  expect(reasons.sort()).toEqual([
    'battery_evaluations: objects not read yet',
    'battery_registry: first load',
    'daily_aggregates: the first 1 days, of every slice there is',
    'device_states: the state now, of every slice there is',
    'hierarchy: the state now, of every slice there is',
  ]);
  const models = (all['models'] as { model: string; action: string }[]).map(({ model }) => model);
  expect(models).toContain('last_updates_per_day');
  // Seeds belong to whatever layer reads them.
  expect(models).toContain('firmware_deployments');
});

test('check names every connection that the sources need, and takes the project', async () => {
  const found = (await json('check')).document;
  const text = JSON.stringify(found);
  for (const shard of ['S1', 'S2', 'S3', 'S4', 'S5'])
    expect(text).toContain(`PENSTOCK_SOURCE_FLEET_${shard}_URL is not set`);
  expect(text).toContain('PENSTOCK_SOURCE_EVALUATIONS_URL is not set');
  expect(text).toContain('PENSTOCK_SOURCE_BATTERY_URL is not set');
  expect(text).not.toContain('PROJECT_INVALID');
  const wrong = { ...platform.environment, PENSTOCK_SOURCE_EVALUATIONS_URL: 'http://h/bucket' };
  expect(JSON.stringify((await cliJson(['check'], wrong)).document)).toContain(
    'PENSTOCK_SOURCE_EVALUATIONS_URL must begin with s3://',
  );
});
