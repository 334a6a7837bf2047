import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSettings } from './settings.ts';

const complete = {
  PENSTOCK_LEDGER_URL: 'postgres://u:hunter22@h/l',
  PENSTOCK_WAREHOUSE_URL: 'postgres://u:hunter22@h/w',
  PENSTOCK_QUEUE_URL: 'redis://h:6379',
  PENSTOCK_LANDING_URL: 'file:///var/penstock',
};

function problemsOf(environment: Record<string, string>): string {
  try {
    parseSettings(environment);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the settings were accepted');
}

test('defaults are filled in and sources found by name', () => {
  const settings = parseSettings({ ...complete, PENSTOCK_SOURCE_OLTP_URL: 'postgres://h/oltp' });
  expect(settings.tickMs).toBe(1_000);
  expect(settings.sourceUrls).toEqual({ OLTP: 'postgres://h/oltp' });
  expect(Object.isFrozen(settings)).toBe(true);
});

test('a variable of a single command stops no service', () => {
  expect(() => parseSettings({ ...complete, PENSTOCK_TRANSFORM_AUDIT: 'true' })).not.toThrow();
});

test('every problem is named at once, and no secret value', () => {
  const message = problemsOf({
    ...complete,
    PENSTOCK_LEDGER_URL: 'mysql://u:hunter22@h/l',
    PENSTOCK_TICK_MS: 'soon',
    PENSTOCK_TIKC_MS: '5',
    PENSTOCK_API_TOKEN: 'short',
  });
  for (const name of ['LEDGER_URL', 'TICK_MS', 'TIKC_MS is not a setting', 'API_TOKEN']) {
    expect(message).toContain(name);
  }
  expect(message).not.toContain('hunter22');
});

test('the landing store is a folder or a bucket, and the secret of one stays in', () => {
  const bucket = 's3://key:hunter22@s3.eu-west-1.amazonaws.com/landing?region=eu-west-1';
  expect(parseSettings({ ...complete, PENSTOCK_LANDING_URL: bucket }).landingUrl).toBe(bucket);
  const message = problemsOf({ ...complete, PENSTOCK_LANDING_URL: 'gs://key:hunter22@h/landing' });
  expect(message).toContain('PENSTOCK_LANDING_URL must be a URL with file: or s3:');
  expect(message).not.toContain('hunter22');
});

test('a missing setting is named', () => {
  expect(problemsOf({})).toContain('PENSTOCK_LANDING_URL is not set');
});

test('a secret may come from a file, but not from both', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  const path = join(folder, 'token');
  writeFileSync(path, 'a-token-from-a-file\n');
  try {
    expect(parseSettings({ ...complete, PENSTOCK_API_TOKEN_FILE: path }).apiToken).toBe(
      'a-token-from-a-file',
    );
    const both = { ...complete, PENSTOCK_API_TOKEN_FILE: path, PENSTOCK_API_TOKEN: 'another-long-token' };
    expect(problemsOf(both)).toContain('both set');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
