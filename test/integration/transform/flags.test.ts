import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli } from '../cli/spawn-cli.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

/** A profile with targets `dev` and `prod` whose schemas have the same names. */
function profiles(url: string): string {
  const { hostname, port, username, password, pathname } = new URL(url);
  const output = (schema: string) =>
    `{type: postgres, host: '${hostname}', port: ${port}, user: '${username}', password: '${password}', dbname: '${pathname.slice(1)}', schema: ${schema}, threads: 2}`;
  return `shop:\n  target: dev\n  outputs:\n    dev: ${output('dev')}\n    prod: ${output('prod')}\n`;
}

beforeAll(async () => {
  database = await testDatabase();
  shop = await smallProject(database.url, {
    'models/a.sql':
      "{% do log('a debug line') %}{% do log('an info line', info=true) %}{{ print('a printed line') }} select 1 as id",
    'models/warns.sql':
      "{{ config(tags=['warns'], enabled=var('warns', false)) }}{% if execute %}{% do exceptions.warn('mind the gap') %}{% endif %} select 1 as id",
    'tests/some.sql': "{{ config(severity='warn') }} select * from {{ ref('a') }}",
    'other/profiles.yml': profiles(database.url),
  });
});
afterEach(() =>
  withClient(database.url, (client) =>
    client.query('drop schema if exists shop, dev, prod, public cascade; create schema public'),
  ),
);
afterAll(async () => {
  await shop.remove();
  await database.drop();
});

const transform = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
  cli(['transform', ...args], { HOME: shop.dir, DBT_PROJECT_DIR: shop.dir, ...environment });

const where = async (name = 'a'): Promise<string[]> =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query<{ s: string }>(
      `select nspname::text as s from pg_class c join pg_namespace n on n.oid = relnamespace where relname = $1 order by 1`,
      [name],
    );
    return rows.map(({ s }) => s);
  });

test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
  ['a profile asked for by its folder wins over the variable', ['--profiles-dir', 'other'], {}, 'dev'],
  ['its target', ['--profiles-dir', 'other', '--target', 'prod'], {}, 'prod'],
  ['the same by the original’s variables', [], { DBT_PROFILES_DIR: 'other', DBT_TARGET: 'prod' }, 'prod'],
  ['a flag wins over those', ['--target', 'dev'], { DBT_PROFILES_DIR: 'other', DBT_TARGET: 'prod' }, 'dev'],
  ['without any profile the variable holds', [], {}, 'public'],
  [
    'as it does when its schema is named',
    ['--warehouse-schema', 'shop'],
    { DBT_PROFILES_DIR: 'other' },
    'shop',
  ],
])('where it is built: %s', async (_, args, environment, schema) => {
  const absolute = args.map((arg) => (arg === 'other' ? join(shop.dir, 'other') : arg));
  const env = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value === 'other' ? join(shop.dir, 'other') : value,
    ]),
  );
  const { code, stderr } = await transform(
    { PENSTOCK_WAREHOUSE_URL: database.url, ...env },
    'run',
    ...absolute,
  );
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  expect(await where()).toEqual([schema]);
});

test("the project's own profile wins over the variable, unless it is of a product there is no connection to", async () => {
  const environment = { PENSTOCK_WAREHOUSE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };
  await shop.write({ 'profiles.yml': profiles(database.url) });
  expect(await transform(environment, 'run')).toMatchObject({ code: 0 });
  expect(await where()).toEqual(['dev']);
  const duck = 'shop:\n  target: duck\n  outputs:\n    duck: {type: duckdb, path: x.duckdb}\n';
  await shop.write({ 'profiles.yml': duck });
  const reached = { PENSTOCK_WAREHOUSE_URL: database.url };
  expect(await transform(reached, 'run')).toMatchObject({ code: 0 });
  expect(await where()).toEqual(['dev', 'public']);
  expect(await transform(reached, 'run', '--target', 'duck')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('PROFILE_TYPE_UNSUPPORTED'),
  });
  await rm(join(shop.dir, 'profiles.yml'));
});

/** With the profile of `other`. */
const withProfile = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
  transform({ DBT_PROFILES_DIR: join(shop.dir, 'other'), ...environment }, ...args);
const plain = (...args: string[]) => withProfile({}, ...args);

test('flags may stand before the verb; after it they win', async () => {
  expect(await plain('--target', 'prod', 'run', '--quiet')).toMatchObject({ code: 0 });
  expect(await where()).toEqual(['prod']);
  expect(await plain('--target', 'prod', 'run', '--target', 'dev')).toMatchObject({ code: 0 });
  expect(await where()).toEqual(['dev', 'prod']);
});

test.each<[readonly string[], readonly string[], readonly string[]]>([
  [[], ['an info line', 'a printed line', 'START', 'WARN 1 test', 'Done.'], ['a debug line']],
  [['--debug'], ['a debug line', 'an info line'], []],
  [['--log-level', 'debug'], ['a debug line'], []],
  [
    ['--log-level', 'warn'],
    ['a printed line', 'WARN 1 test'],
    ['START', 'an info line', 'Done.'],
  ],
  [['--quiet'], ['a printed line'], ['WARN', 'START', 'an info line', 'Done.']],
  [['--quiet', '--no-print'], [], ['a printed line', 'WARN']],
  [['--log-level', 'none'], ['a printed line'], ['WARN', 'Done.']],
])('%j tells what it should', async (args, told, untold) => {
  const { code, stdout, stderr } = await plain('build', ...args);
  expect(code).toBe(0);
  for (const text of told) expect(`${stderr}${stdout}`).toContain(text);
  for (const text of untold) expect(`${stderr}${stdout}`).not.toContain(text);
});

const ONLY = "'{error: [LogTestResult]}'".slice(1, -1);
test.each<[readonly string[], Readonly<Record<string, string>>, string]>([
  [[], {}, 'WARN=1 ERROR=0'],
  [['--warn-error'], {}, 'WARN=0 ERROR=1'],
  [[], { DBT_WARN_ERROR: 'true' }, 'WARN=0 ERROR=1'],
  [['--no-warn-error'], { DBT_WARN_ERROR: '1' }, 'WARN=1 ERROR=0'],
  [['--warn-error-options', ONLY], {}, 'WARN=0 ERROR=1'],
  [['--warn-error-options', '{error: all, warn: [LogTestResult]}'], {}, 'WARN=1 ERROR=0'],
])('a warning of a test with %j and %j', async (args, environment, counts) => {
  const { code, stdout } = await withProfile(environment, 'build', ...args);
  expect(stdout).toContain(counts);
  expect(code).toBe(counts.endsWith('1') ? 1 : 0);
});

test('warnings of templates, of selections and of the project may be errors too, or silent', async () => {
  const warns = ['run', '--select', 'warns', '--vars', '{warns: true}'];
  expect(await plain(...warns)).toMatchObject({ code: 0, stderr: expect.stringContaining('mind the gap') });
  const failed = await plain(...warns, '--warn-error');
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('ERROR=1') });
  expect(failed.stderr).toMatch(/MODEL_WARNING_IS_ERROR|mind the gap/);
  const silent = await plain(...warns, '--warn-error-options', '{silence: [JinjaLogWarning]}');
  expect(silent).toMatchObject({ code: 0, stderr: expect.not.stringContaining('mind the gap') });
  expect(await plain('run', '--select', 'nowhere')).toMatchObject({ code: 0 });
  expect(await plain('run', '--select', 'nowhere', '--warn-error')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MODEL_WARNING_IS_ERROR'),
  });
});

test.each<[readonly string[], Readonly<Record<string, string>>, string]>([
  [['--warn-error', '--warn-error-options', '{}'], {}, 'cannot be used with'],
  [['--warn-error-options', '{error: few}'], {}, 'It must be such as'],
  [['--log-level', 'loud'], {}, 'Allowed choices are debug'],
  [
    [],
    { DBT_FULL_REFRESH: 'perhaps' },
    'DBT_FULL_REFRESH cannot be used as --full-refresh. It must be true or false.',
  ],
  [[], { DBT_LOG_LEVEL: 'loud' }, 'DBT_LOG_LEVEL'],
])('%j with %j is a mistake: exit 2', async (args, environment, hint) => {
  const { code, stdout, stderr } = await withProfile(environment, 'run', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(hint);
});

test('with --log-format json everything said is one object a line, failures of the whole too', async () => {
  const lines = async (...args: string[]) => {
    const { stdout } = await plain('run', '--log-format', 'json', ...args);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { info: { name: string; level: string } });
  };
  expect((await lines()).at(-1)?.info.name).toBe('StatsLine');
  const stopped = await lines('--selector', 'nowhere');
  expect(stopped.at(-1)?.info).toMatchObject({ name: 'MainEncounteredError', level: 'error' });
});

test('types can be left out; results say what tests found, as the original words it', async () => {
  expect(await plain('build', '--exclude-resource-type', 'test')).toMatchObject({
    stdout: expect.stringContaining('TOTAL=1'),
  });
  expect(await withProfile({ DBT_EXCLUDE_RESOURCE_TYPES: 'model unit_test' }, 'build')).toMatchObject({
    stdout: expect.stringContaining('TOTAL=1'),
  });
  const text = await readFile(join(shop.dir, 'target/run_results.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    results: [
      {
        status: 'warn',
        failures: 1,
        message: 'Got 1 result, configured to warn if != 0',
        adapter_response: { _message: 'SELECT 1', code: 'SELECT', rows_affected: 1 },
      },
    ],
  });
});

test('--version tells which version this is', async () => {
  const { code, stdout } = await cli(['--version']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
});
