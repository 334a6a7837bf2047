import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let database: TestDatabase;
let shop: SmallProject | undefined;

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await shop?.remove();
  await withClient(database.url, (client) => client.query('drop schema if exists shop, raw cascade'));
});
afterAll(() => database.drop());

const HARD = "the key; it's 'quoted' and \\\"double\\\" with \\\\ backslash and $$dollars$$ at 100 %";
const FILES = {
  'models/a.sql': `{{ config(materialized='table') }} select 1 as id, 'x' as "Upper Case", 2.5::numeric(8,2) as amount`,
  'models/b.sql': "select id from {{ ref('a') }} join {{ source('raw', 't') }} using (id)",
  'models/e.sql': "{{ config(materialized='ephemeral') }} select 1 as x",
  'models/docs.md': `{% docs orders %}
# Orders
All of them, it's "quoted" & $$dollars$$.
{% enddocs %}
{% docs __overview__ %}Welcome to the shop.{% enddocs %}`,
  'models/properties.yml': `sources: [{name: raw, tables: [{name: t, description: raw table}, {name: gone}]}]
models:
  - name: a
    description: "{{ doc('orders') }}"
    config: {persist_docs: {relation: true, columns: true}}
    columns:
      - {name: id, description: "${HARD}"}
      - {name: Upper Case, quote: true, description: quoted column}
      - {name: gone, description: not there}
  - name: b
    description: "view of {{ doc('shop', 'orders') }}"
`,
};

async function built(files: Readonly<Record<string, string>> = FILES): Promise<SmallProject> {
  await withClient(database.url, (client) =>
    client.query("create schema raw; create table raw.t (id int); comment on table raw.t is 'of the owner'"),
  );
  shop = await smallProject(database.url, files);
  const { code, stderr } = await shop.transform('build');
  if (code !== 0) throw new Error(stderr);
  return shop;
}

interface Catalog {
  readonly nodes: Readonly<Record<string, CatalogEntry>>;
  readonly sources: Readonly<Record<string, CatalogEntry>>;
}
interface CatalogEntry {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly columns: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const catalogOf = async ({ dir }: SmallProject): Promise<Catalog> =>
  JSON.parse(await readFile(join(dir, 'target/catalog.json'), 'utf8')) as Catalog;

test('the catalogue holds what stands, with comments and owners; descriptions reach the database as they are', async () => {
  const project = await built();
  const { code, stdout } = await project.transform('docs', 'generate');
  expect(code).toBe(0);
  expect(stdout).toMatch(/manifest\.json, catalog\.json and index\.html are in /);
  const { nodes, sources } = await catalogOf(project);
  expect(Object.keys(nodes)).toEqual(['model.shop.a', 'model.shop.b']);
  expect(Object.keys(sources)).toEqual(['source.shop.raw.t']);
  expect(nodes['model.shop.a']?.metadata).toMatchObject({
    type: 'BASE TABLE',
    schema: 'shop',
    name: 'a',
    comment: '# Orders\nAll of them, it\'s "quoted" & $$dollars$$.',
  });
  expect(nodes['model.shop.a']?.columns).toEqual({
    id: {
      name: 'id',
      type: 'integer',
      index: 1,
      comment: "the key; it's 'quoted' and \"double\" with \\ backslash and $$dollars$$ at 100 %",
    },
    'Upper Case': { name: 'Upper Case', type: 'text', index: 2, comment: 'quoted column' },
    amount: { name: 'amount', type: 'numeric(8,2)', index: 3, comment: null },
  });
  expect(nodes['model.shop.b']?.metadata).toMatchObject({ type: 'VIEW', comment: null });
  expect(sources['source.shop.raw.t']?.metadata).toMatchObject({ comment: 'of the owner' });
  const page = await readFile(join(project.dir, 'target/index.html'), 'utf8');
  expect(page).toContain('Welcome to the shop.');
  expect(page).toContain('"compiled":"select 1 as id');
});

test('--select narrows the catalogue, --empty-catalog asks nothing, --static writes one more file', async () => {
  const project = await built();
  await project.transform('docs', 'generate', '--select', 'a', '--static');
  expect(Object.keys((await catalogOf(project)).nodes)).toEqual(['model.shop.a']);
  expect(Object.keys((await catalogOf(project)).sources)).toEqual([]);
  expect((await stat(join(project.dir, 'target/static_index.html'))).size).toBeGreaterThan(5_000);
  const { code } = await project.transform('docs', 'generate', '--empty-catalog', '--no-compile');
  expect(code).toBe(0);
  expect(await catalogOf(project)).toMatchObject({ nodes: {}, sources: {} });
});

test('what does not compile is told, and the page that stands is kept', async () => {
  const project = await built();
  await project.transform('docs', 'generate');
  const before = await catalogOf(project);
  await project.write({ 'models/b.sql': "select {{ exceptions.raise_compiler_error('no') if execute }}" });
  const { code, stderr } = await project.transform('docs', 'generate');
  expect(code).toBe(1);
  expect(stderr).toMatch(/no \(models\/b\.sql:1/);
  expect(stderr).toMatch(/the documentation is not written/);
  expect(await catalogOf(project)).toEqual(before);
});

test('serve shows the page and its artifacts, nothing else, until it is stopped', async () => {
  const project = await built();
  const missing = await project.transform('docs', 'serve', '--target-path', join(project.dir, 'none'));
  expect(missing.code).toBe(1);
  expect(missing.stderr).toMatch(/TRANSFORM_DOCS_MISSING.*docs generate/);
  await project.transform('docs', 'generate');
  const serving = project.start('docs', 'serve', '--port', '0');
  let said = '';
  serving.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await serving.said('Ctrl-C');
  const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0] ?? '';
  const page = await fetch(address);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<!doctype html>');
  const catalog = await fetch(`${address}catalog.json`);
  expect(Object.keys(((await catalog.json()) as Catalog).nodes)).toHaveLength(2);
  for (const path of ['run_results.json', '..%2fdbt_project.yml', 'toString'])
    expect((await fetch(`${address}${path}`)).status).toBe(404);
  serving.child.kill('SIGINT');
  expect((await serving.ended).code).toBe(0);
});

test.each<[string, string, RegExp]>([
  ['an unknown block', "{{ doc('nowhere') }}", /models\/p\.yml:1 .*nowhere/],
  ['a block of another package', "{{ doc('nopkg', 'orders') }}", /models\/p\.yml:1 .*(nopkg|orders)/],
])('%s is a problem at the description', async (_, description, problem) => {
  shop = await smallProject(database.url, {
    'models/a.sql': 'select 1 as id',
    'models/docs.md': '{% docs orders %}x{% enddocs %}',
    'models/p.yml': `models: [{name: a, description: "${description}"}]`,
  });
  const { code, stderr } = await shop.transform('parse');
  expect(code).toBe(1);
  expect(stderr).toMatch(problem);
});

test.each<[string, string, RegExp]>([
  ['is not closed', '{% docs a %}x', /models\/d\.md:1/],
  ['is there twice', '{% docs a %}x{% enddocs %}', /docs "a" are already at/],
])('a block that %s is a problem at its file', async (_, text, problem) => {
  shop = await smallProject(database.url, {
    'models/a.sql': 'select 1 as id',
    'models/d.md': text,
    'models/other.md': '{% docs a %}y{% enddocs %}',
  });
  const { code, stderr } = await shop.transform('parse');
  expect(code).toBe(1);
  expect(stderr).toMatch(problem);
});
