import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject;

/** `factor` decides whether the second unit test of `mid` passes. */
const FILES = {
  'models/base.sql': "{{ config(materialized='table') }} select 1 as id",
  'models/mid.sql': "select id, {{ var('factor', 1) }} * id as f from {{ ref('base') }}",
  'models/top.sql': "select * from {{ ref('mid') }}",
  'models/u.yml': `
models:
  - name: mid
    columns: [{name: id, data_tests: [not_null]}]
unit_tests:
  - {name: a_good, model: mid, given: [{input: ref('base'), rows: [{id: 2}]}], expect: {rows: [{id: 2}]}}
  - {name: b_factor, model: mid, given: [{input: ref('base'), rows: [{id: 2}]}], expect: {rows: [{f: 6}]}}
  - {name: c_last, model: mid, given: [{input: ref('base'), rows: [{id: 3}]}], expect: {rows: [{id: 3}]}}
  - {name: t_top, model: top, given: [{input: ref('mid'), rows: [{id: 3}]}], expect: {rows: [{id: 3}]}}
`,
};

beforeAll(async () => {
  database = await testDatabase();
  return () => database.drop();
});
beforeEach(async () => {
  shop = await smallProject(database.url, FILES);
});
afterEach(async () => {
  await shop.remove();
  await withClient(database.url, (client) => client.query('drop schema if exists shop cascade'));
});

/** Statuses by name, in the order in which they ended. */
async function statuses(): Promise<[string, string][]> {
  const text = await readFile(join(shop.dir, 'target/run_results.json'), 'utf8');
  const { results } = JSON.parse(text) as { results: { unique_id: string; status: string }[] };
  return results.map(({ unique_id: id, status }) => [
    id
      .replace(/\.[0-9a-f]{10}$/, '')
      .split('.')
      .at(-1) ?? id,
    status,
  ]);
}

// As the original does, but for the order of a model's own unit tests: there it is that of a hash.
test('the first that fails holds back those after it, the model, and all below', async () => {
  const { code, stdout } = await shop.transform('build', '--threads', '4');
  expect(code).toBe(1);
  expect(stdout).toContain('PASS=2 WARN=0 ERROR=1 SKIP=5');
  expect(Object.fromEntries(await statuses())).toEqual({
    base: 'success',
    a_good: 'pass',
    b_factor: 'fail',
    c_last: 'skipped',
    mid: 'skipped',
    not_null_mid_id: 'skipped',
    t_top: 'skipped',
    top: 'skipped',
  });
  const { rows } = await withClient(database.url, (client) =>
    client.query("select table_name from information_schema.tables where table_schema = 'shop'"),
  );
  expect(rows).toEqual([{ table_name: 'base' }]);
});

// The original runs what is retried in an order of its own, models before their unit tests.
test('retry runs what failed and what was held back, unit tests before their models still', async () => {
  await shop.transform('build');
  const { code, stdout } = await shop.transform('retry', '--vars', '{factor: 3}', '--threads', '1');
  expect(stdout).toContain('PASS=6 WARN=0 ERROR=0 SKIP=0');
  expect(code).toBe(0);
  expect((await statuses()).map(([name]) => name)).toEqual([
    'b_factor',
    'c_last',
    'mid',
    'not_null_mid_id',
    't_top',
    'top',
  ]);
});

test('run leaves them out; test and a choice by type or name run them; each may be excluded', async () => {
  const run = await shop.transform('run');
  expect(run.stdout).toContain('PASS=3');
  await shop.transform('test', '--exclude-resource-type', 'unit_test');
  expect((await statuses()).map(([name]) => name)).toEqual(['not_null_mid_id']);
  await shop.transform('test', '--select', 'mid', '--exclude', 'b_factor');
  expect(new Map(await statuses())).toEqual(
    new Map([
      ['a_good', 'pass'],
      ['c_last', 'pass'],
      ['not_null_mid_id', 'pass'],
    ]),
  );
  await shop.transform('build', '--select', 'unit_test:c_last');
  expect(await statuses()).toEqual([['c_last', 'pass']]);
});
