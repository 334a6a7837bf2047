import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSettings } from '#shared/config/settings.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli, cliJson } from './spawn-cli.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.stop());

test('every verb has help with an example', async () => {
  const { code, stdout } = await cli(['--help']);
  expect(code).toBe(0);
  const verbs = [...stdout.matchAll(/^ {2}([a-z-]+) (?:\[options\]|<)/gm)].map(([, verb]) => verb ?? '');
  expect(verbs).toEqual(
    expect.arrayContaining([
      'demo',
      'dev',
      'start',
      'migrate',
      'check',
      'plan',
      'run',
      'status',
      'runs',
      'show',
      'load-parquet',
    ]),
  );
  const helps = await Promise.all(verbs.map((verb) => cli([verb, '--help'])));
  for (const help of helps) {
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/Examples?:\n {2}\$ penstock /);
    expect(help.stdout).toContain('--json');
  }
});

test.each([
  [['migrat'], 'Did you mean migrate?'],
  [['runs', '--limt', '3'], 'Did you mean --limit?'],
  [['runs', '--limit', 'many'], 'whole number'],
  [['runs', '--status', 'done'], 'Allowed choices are queued'],
  [['start', 'loadr'], 'Allowed choices are scheduler, extractor, loader, transformer'],
  [['run'], "missing required argument 'pipeline'"],
  [['run', 'credit', '--as-of', '2026-02-30'], 'YYYY-MM-DD'],
  [['migrate', 'now'], 'too many arguments'],
  [['load-parquet', '.'], "required option '--schema"],
])('%j is a mistake of the command line: exit 2, and a way out', async (args, hint) => {
  const { code, stdout, stderr } = await cli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(hint);
});

test('a missing configuration is named whole, without a stack', async () => {
  const { code, stderr } = await cli(['migrate'], { PENSTOCK_TICKMS: '5', PENSTOCK_HIGH_WATER: '0' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^CONFIG_SETTINGS: /);
  for (const name of ['LEDGER_URL', 'WAREHOUSE_URL', 'QUEUE_URL', 'LANDING_URL', 'TICKMS', 'HIGH_WATER']) {
    expect(stderr).toContain(`PENSTOCK_${name}`);
  }
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('an error is a document too where JSON is wanted', async () => {
  const { code, document } = await cliJson(['runs'], {});
  expect(code).toBe(1);
  expect(document).toMatchObject({ error: { code: 'CONFIG_SETTINGS' } });
});

test('migrate twice, and twice at once', async () => {
  const fresh = await Promise.all([testDatabase(), testDatabase()]);
  const environment = {
    ...platform.environment,
    PENSTOCK_LEDGER_URL: fresh[0].url,
    PENSTOCK_QUEUE_URL: fresh[1].url,
  };
  const before = await cli(['runs'], environment);
  expect(before).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^LEDGER_SCHEMA_OLDER: .*migrate/s),
  });
  const both = await Promise.all([cli(['migrate'], environment), cli(['migrate'], environment)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await cliJson(['migrate'], environment)).toEqual({ code: 0, document: { migrated: true } });
  expect(await cliJson(['runs'], environment)).toEqual({ code: 0, document: { runs: [] } });
  await Promise.all(fresh.map((database) => database.drop()));
});

test('check finds nothing wrong where nothing is', async () => {
  const { code, stdout } = await cli(['check'], platform.environment);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'ok configuration\nok ledger\nok queue\nok warehouse\nok landing\nok work folder\nok source credit/oltp\nok models credit\n',
  });
});

test('check names every problem at once: a source that changed, servers away, settings that are wrong', async () => {
  const broken = await startTestPlatform();
  await withClient(broken.oltpUrl, (client) =>
    client.query('alter table oltp.installments drop column amount; drop table oltp.cnpj_ws'),
  );
  const environment = {
    ...broken.environment,
    PENSTOCK_WAREHOUSE_URL: 'postgres://nobody@127.0.0.1:1/none',
    PENSTOCK_LANDING_URL: 'file:///etc/passwd/landing',
    PENSTOCK_QUEUE_URL: 'amqp://x',
    PENSTOCK_TYPO: '1',
  };
  const { code, document } = await cliJson(['check'], environment);
  expect(code).toBe(1);
  const text = JSON.stringify(document);
  expect(text).toContain('PENSTOCK_TYPO is not a setting');
  expect(text).toContain('PENSTOCK_QUEUE_URL must be a URL');
  expect(text).toContain('PENSTOCK_QUEUE_URL is missing or wrong');
  expect(text).toContain('stream installments: column oltp.installments.amount does not exist');
  expect(text).toContain('stream cnpj_ws: table oltp.cnpj_ws does not exist');
  const problemsOf = (part: string): number =>
    (document['findings'] as { part: string; problems: string[] }[]).find((one) => one.part === part)
      ?.problems.length ?? -1;
  expect([problemsOf('ledger'), problemsOf('warehouse'), problemsOf('landing')]).toEqual([0, 1, 1]);
  await broken.stop();
});

test('a verb never prints the password of a server', async () => {
  const secret = 'hunter2hunter2';
  const url = new URL(parseSettings(platform.environment).ledgerUrl);
  url.password = secret;
  const { code, stdout, stderr } = await cli(['runs'], {
    ...platform.environment,
    PENSTOCK_LEDGER_URL: url.href,
  });
  expect(code).toBe(1);
  expect(stdout + stderr).not.toContain(secret);
});
