import { afterAll, beforeAll, expect, test } from 'vitest';
import { agrees, compareRows, type RowSet } from '#cli/demo/compare-rows.ts';
import { testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';
import { cli } from './spawn-cli.ts';

const COLUMNS = ['id', 'day', 'words'];
let source: { url: string; drop(): Promise<void> };
let warehouse: { url: string; drop(): Promise<void> };

const TABLE = `
  create table public.t (id bigint, day date, words text);
  insert into public.t select n, date '2026-01-01' + n::int, case when n % 7 = 0 then null else 'w' || n end
  from generate_series(1, 500) n`;

beforeAll(async () => {
  [source, warehouse] = await Promise.all([testDatabase(), testDatabase()]);
  for (const { url } of [source, warehouse]) await change(url, TABLE);
});
afterAll(() => Promise.all([source.drop(), warehouse.drop()]));

const change = (url: string, sql: string): Promise<unknown> => withClient(url, (client) => client.query(sql));
const rowsOf = (url: string): RowSet => ({
  url,
  relation: { schema: 'public', name: 't' },
  columns: COLUMNS,
});
const compare = () => compareRows(rowsOf(source.url), rowsOf(warehouse.url));

test('equal tables agree', async () => {
  const found = await compare();
  expect(found).toEqual({ leftRows: 500, rightRows: 500, onlyLeft: 0, onlyRight: 0 });
  expect(agrees(found)).toBe(true);
});

test.each([
  [
    'a row that is missing',
    'delete from public.t where id = 77',
    { rightRows: 499, onlyLeft: 1, onlyRight: 0 },
  ],
  [
    'a row that is there twice',
    'insert into public.t select * from public.t where id = 77',
    { rightRows: 501, onlyLeft: 0, onlyRight: 1 },
  ],
  [
    'a value that differs',
    `update public.t set words = 'x' where id = 78`,
    { rightRows: 500, onlyLeft: 1, onlyRight: 1 },
  ],
  ['an empty text for a NULL', `update public.t set words = '' where id = 7`, { onlyLeft: 1, onlyRight: 1 }],
  ['nothing at all', 'delete from public.t', { rightRows: 0, onlyLeft: 500, onlyRight: 0 }],
])('%s is noticed', async (_what, sql, expected) => {
  await change(warehouse.url, sql);
  const found = await compare();
  expect(found).toMatchObject(expected);
  expect(agrees(found)).toBe(false);
  await change(warehouse.url, `drop table public.t; ${TABLE}`);
});

test('the demo tells its whole story and every layer agrees with the source', async () => {
  const { code, stdout, stderr } = await cli([
    'demo',
    '--once',
    '--companies',
    '300',
    '--installments',
    '3000',
    '--json',
  ]);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as {
    agrees: boolean;
    firstGoldMs: number;
    layers: { layer: string; agrees: boolean; rows: number; sourceRows: number }[];
    runs: { status: string; streams: { stream: string; inserted: number; heldBackBy: string | null }[] }[];
  };
  expect({ code, agrees: report.agrees }).toEqual({ code: 0, agrees: true });
  expect(report.layers.map(({ layer }) => layer)).toEqual(['bronze', 'silver', 'bronze', 'silver', 'gold']);
  for (const layer of report.layers) {
    expect(layer).toMatchObject({ agrees: true, rows: layer.sourceRows });
    expect(layer.rows).toBeGreaterThan(300);
  }
  expect(report.runs.map(({ status }) => status)).toEqual([
    'succeeded',
    'succeeded',
    'succeeded',
    'no_changes',
  ]);
  const companies = report.runs.map(({ streams }) => streams.find(({ stream }) => stream === 'cnpj_ws'));
  // The second run is held back by the transaction that commits late; the third brings its row.
  expect(companies.map((one) => one?.inserted)).toEqual([300, 0, 1, 0]);
  expect(companies[1]?.heldBackBy).toMatch(/^pid=\d+ \(idle in transaction\)$/);
  expect(report.firstGoldMs).toBeGreaterThan(0);
});
