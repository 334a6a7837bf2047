import { expect, test } from 'vitest';
import { renderSite } from './render-site.ts';
import { siteData } from './site-data.ts';

const model = {
  unique_id: 'model.shop.orders',
  resource_type: 'model',
  name: 'orders',
  package_name: 'shop',
  original_file_path: 'models/orders.sql',
  description: '</script><script>alert(1)</script>',
  relation_name: '"db"."dev"."orders"',
  config: { materialized: 'table' },
  access: 'protected',
  group: null,
  columns: {
    id: { name: 'id', description: 'key', data_type: 'int', constraints: [{ type: 'not_null' }] },
    gone: { name: 'gone', description: '', data_type: null },
  },
  depends_on: { nodes: ['source.shop.raw.orders'] },
  raw_code: 'select {{ 1 }}',
  compiled_code: 'select 1',
  meta: { team: 'sales' },
  tags: ['daily'],
};
const test_ = (name: string, column: string | null) => ({
  unique_id: `test.shop.${name}`,
  resource_type: 'test',
  name,
  column_name: column,
  attached_node: 'model.shop.orders',
  test_metadata: { name, namespace: name === 'in_range' ? 'pkg' : null },
  depends_on: { nodes: ['model.shop.orders'] },
});
const manifest = {
  metadata: { project_name: 'shop', generated_at: '2024-05-06T07:08:09Z' },
  nodes: { a: model, b: test_('unique', 'ID'), c: test_('in_range', null) },
  sources: {
    s: {
      unique_id: 'source.shop.raw.orders',
      resource_type: 'source',
      source_name: 'raw',
      name: 'orders',
      columns: {},
    },
  },
  docs: { d: { name: '__overview__', package_name: 'shop', block_contents: '# Hello' } },
};
const catalog = {
  nodes: {
    'model.shop.orders': {
      metadata: { type: 'BASE TABLE', owner: 'ann' },
      columns: {
        amount: { name: 'amount', type: 'numeric(8,2)', index: 2, comment: 'in euro' },
        id: { name: 'id', type: 'integer', index: 1, comment: null },
      },
      stats: {
        rows: { label: 'Approximate Row Count', value: 1200, include: true },
        has_stats: { label: 'Has Stats?', value: true, include: false },
      },
    },
  },
};

test('a node has what properties, catalogue and tests say of it', () => {
  const { nodes, overview } = siteData(manifest, catalog);
  expect(overview).toBe('# Hello');
  expect(nodes.map(({ name, type }) => `${type} ${name}`)).toEqual(['model orders', 'source raw.orders']);
  const [orders] = nodes;
  expect(orders?.columns).toEqual([
    { name: 'id', type: 'integer', description: 'key', tests: ['not null', 'unique'] },
    { name: 'amount', type: 'numeric(8,2)', description: 'in euro', tests: [] },
    { name: 'gone', type: '', description: '', tests: [] },
  ]);
  expect(orders?.tests).toEqual(['pkg.in_range']);
  expect(orders?.facts).toEqual([
    ['materialized', 'table'],
    ['kind', 'BASE TABLE'],
    ['owner', 'ann'],
    ['access', 'protected'],
    ['approximate row count', '1200'],
    ['meta: team', 'sales'],
  ]);
  expect(orders?.reads).toEqual(['source.shop.raw.orders']);
});

test('without a catalogue columns are the declared ones', () => {
  const [orders] = siteData(manifest, undefined).nodes;
  expect(orders?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['id int', 'gone ']);
});

test('the page is one file, and what authors write cannot leave its data', async () => {
  const page = await renderSite(siteData(manifest, catalog));
  expect(page).not.toContain('<script>alert');
  expect(page).not.toMatch(/^\s*(import|export) /m);
  expect(page.match(/(src|href)="(?!#)[^"]*"/g)).toBeNull();
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(siteData(manifest, catalog))));
});
