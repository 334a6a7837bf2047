import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openShop, SHOP_DIR, type Shop } from './shop.ts';

/*
 * Models and tests of a pipeline whose SQL depends on what stands in the warehouse: rows of a candidate of the same run, columns of another.
 */

let dir: string;
let shop: Shop;

const FILES = {
  'models/gold/by_status.sql': `{{ config(materialized='table') }}
{% set found = run_query("select distinct status from " ~ ref('orders_clean') ~ " order by 1") %}
{% set statuses = found.columns[0].values() if execute else [] %}
select {% for status in statuses %}
  count(*) filter (where status = '{{ status }}') as {{ status }}_orders{{ ',' if not loop.last }}
{% endfor %} from {{ ref('orders_clean') }}`,
  'models/gold/by_status.yml':
    'models: [{name: by_status, data_tests: [{has_columns: {arguments: {least: 2}}}]}]',
  'macros/has_columns.sql': `{% test has_columns(model, least) %}
{% set columns = adapter.get_columns_in_relation(model) %}
select {{ columns | length }} as found where {{ columns | length }} < {{ least }}
{% endtest %}`,
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-introspection-'));
  await cp(SHOP_DIR, dir, { recursive: true });
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  shop = await openShop(dir);
});
afterAll(async () => {
  await shop.close();
  await rm(dir, { recursive: true });
});

const build = (run: string, state: ModelVersions) =>
  shop.build(
    run,
    { ...state, orders: { version: run, inputVersions: {}, sqlChecksum: '', asOf: null } },
    { adapter: openPostgresAdapter({ pool: shop.pool }) },
  );

test('a model reads rows of the candidate below it, a test the columns of its model', async () => {
  await shop.merge('run0', [
    { id: 1, version: '01', status: 'paid' },
    { id: 2, version: '01', status: 'open' },
    { id: 3, version: '01', status: 'open' },
  ]);
  const { ok, models, newState } = await build('run1', {});
  expect(models.find(({ name }) => name === 'by_status')).toMatchObject({
    status: 'published',
    tests: [{ test: 'has_columns', status: 'pass' }],
  });
  expect(ok).toBe(true);
  expect(await shop.rows('select open_orders, paid_orders from shop_gold.by_status')).toEqual([['2', '1']]);

  await shop.merge('run2', [{ id: 4, version: '01', status: 'late' }]);
  await build('run2', newState);
  expect(await shop.rows('select late_orders, open_orders from shop_gold.by_status')).toEqual([['1', '2']]);
});

test('a test that sees too few columns holds the model back', async () => {
  await shop.pool.query("update shop_bronze.orders set status = 'open'");
  const { models } = await build('run3', {});
  expect(models.find(({ name }) => name === 'by_status')).toMatchObject({
    status: 'blocked',
    tests: [{ test: 'has_columns', status: 'fail' }],
  });
  expect(await shop.rows('select late_orders, open_orders from shop_gold.by_status')).toEqual([['1', '2']]);
});
