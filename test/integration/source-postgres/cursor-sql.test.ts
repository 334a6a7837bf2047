import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cursorLiteral } from '#shared/sources/postgres/cursor-literal.ts';
import { cursorMicros, rangeCondition } from '#shared/sources/postgres/source-columns.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { connected, rowsStream } from './support.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  client = await connected(database.url);
  await client.query("SET TimeZone = 'America/Sao_Paulo'; SET DateStyle = 'SQL, DMY'");
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

/** Every power of two and the years' edges, each a microsecond less and more, and many in between. */
function instants(): bigint[] {
  const edges = [-62_135_596_800_000_000n, -2_208_988_800_000_000n, 0n, 2_208_988_800_000_000n];
  for (let power = 0n; power < 58n; power += 1n) edges.push(1n << power, -(1n << power));
  let state = 9n;
  for (let count = 0; count < 50_000; count += 1) {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
    edges.push((state % 2_300_000_000_000_000n) * (count % 2 === 0 ? 1n : -1n));
  }
  return edges
    .flatMap((edge) => [edge - 1n, edge, edge + 1n])
    .filter((micros) => micros >= -62_135_596_800_000_000n && micros < 253_402_300_800_000_000n);
}

test('a literal and the cursor computed from it are the same microsecond, whatever the session shows', async () => {
  const all = instants();
  const micros = cursorMicros({ ...rowsStream.cursor, expression: 'v' });
  for (let from = 0; from < all.length; from += 5_000) {
    const some = all.slice(from, from + 5_000);
    const list = some.map((one) => `(${cursorLiteral('timestamptz', one)})`).join(',');
    const { rows } = await client.query<{ m: string }>(
      `SELECT ${micros} AS m FROM (VALUES ${list}) AS t (v)`,
    );
    expect(rows.every((row, at) => BigInt(row.m) === some[at])).toBe(true);
  }
});

test('a window is served by an index on the cursor, rows without a cursor included', async () => {
  await client.query('CREATE TABLE indexed (id bigint, updated_at timestamptz)');
  await client.query(`INSERT INTO indexed SELECT g, '2026-01-01'::timestamptz + g * interval '1 s'
                        FROM generate_series(1, 50000) g; CREATE INDEX ON indexed (updated_at); ANALYZE indexed`);
  const range = { from: 1_767_300_000_000_000n, to: 1_767_300_060_000_000n };
  const { rows } = await client.query<Record<string, string>>(
    `EXPLAIN SELECT * FROM indexed WHERE ${rangeCondition(rowsStream.cursor, range)}`,
  );
  expect(JSON.stringify(rows)).toContain('Bitmap Index Scan');
});
