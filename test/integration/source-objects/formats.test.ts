import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithS3, testS3 } from '#test/support/s3.ts';
import { ObjectsFixture, stream } from './objects-fixture.ts';

describeWithS3('objects of a bucket, read', () => {
  let fixture: ObjectsFixture;
  beforeAll(async () => {
    fixture = await ObjectsFixture.open(testS3());
  });
  afterAll(() => fixture.close());

  /** Bytes of a Parquet file that DuckDB makes of a query. */
  async function parquet(query: string, options = ''): Promise<Buffer> {
    const path = join(fixture.folder, `${Math.random()}.parquet`);
    await fixture.engine.use((session) =>
      session.rows(`copy (${query}) to '${path}' (format parquet${options})`),
    );
    return readFile(path);
  }

  const rows = [
    { id: 'd-1', note: 'ü🙂, "x"', n: '1.50' },
    { id: 'd-2', note: '', n: null },
  ];
  const asValues = `select * from (values ('d-1', 'ü🙂, "x"', 1.50::decimal(4,2)), ('d-2', '', null)) t (id, note, n)`;

  test.each<[string, () => string | Promise<Buffer>]>([
    ['json', () => JSON.stringify(rows)],
    ['ndjson', () => rows.map((row) => `${JSON.stringify(row)}\r\n`).join('')],
    ['jsonl', () => `\ufeff${rows.map((row) => JSON.stringify(row)).join('\n')}`],
    ['csv', () => 'id,note,n\r\nd-1,"ü🙂, ""x""",1.50\r\nd-2,"",\r\n'],
    ['parquet', () => parquet(asValues)],
  ])('%s gives the rows, compressed or not', async (ending, content) => {
    const body = Buffer.from(await content());
    expect(await fixture.readBack(`in/rows.${ending}`, body)).toEqual(rows);
    expect(await fixture.readBack(`in/zipped.${ending}.gz`, gzipSync(body))).toEqual(rows);
    const parts = Buffer.concat([gzipSync(body.subarray(0, 20)), gzipSync(body.subarray(20))]);
    expect(await fixture.readBack(`in/parts.${ending.toUpperCase()}.gz`, parts)).toEqual(rows);
  });

  test('an object around the array gives its elements', async () => {
    const document = JSON.stringify({ model: 'v7', run: { ids: [1] }, results: rows });
    expect(await fixture.readBack('in/around.json', document)).toEqual(rows);
  });

  test('a declared format goes before the name', async () => {
    expect(await fixture.readBack('in/rows.txt', 'a,b\n1,2\n', stream({ format: 'csv' }))).toEqual([
      { a: '1', b: '2' },
    ]);
  });

  test.each([
    ['in/empty.ndjson', ''],
    ['in/empty.csv', ''],
    ['in/header.csv', 'a,b\n'],
    ['in/empty.json', '[]'],
    ['in/none.json', '{"results": []}'],
  ])('%s has no rows', async (key, body) => {
    expect(await fixture.readBack(key, body)).toEqual([]);
  });

  test('a Parquet file without rows has none', async () => {
    expect(await fixture.readBack('in/empty.parquet', await parquet(`${asValues} where id = ''`))).toEqual(
      [],
    );
  });

  test('values of Parquet come as their exact canonical text', async () => {
    const values: Record<string, [sql: string, value: unknown]> = {
      small: ['(-1)::tinyint', '-1'],
      big: ['9223372036854775807::bigint', '9223372036854775807'],
      unsigned: ['18446744073709551615::ubigint', '18446744073709551615'],
      dec: ['12345678901234567890.123456789::decimal(38,9)', '12345678901234567890.123456789'],
      half: ['0.50::decimal(2,2)', '0.50'],
      minus: ['(-0.05)::decimal(2,2)', '-0.05'],
      dbl: ['0.1::double', '0.1'],
      far: ['1e300::double', '1e+300'],
      nan: [`'nan'::double`, 'NaN'],
      inf: [`'-inf'::double`, '-Infinity'],
      flt: ['0.1::float', '0.1'],
      yes: ['true', 'true'],
      day: [`date '2024-02-29'`, '2024-02-29'],
      ts: [`timestamp '2024-01-02 03:04:05.120000'`, '2024-01-02 03:04:05.12'],
      tz: [`timestamptz '2024-01-02 03:04:05.5+02'`, '2024-01-02 01:04:05.5+00'],
      ns: [`timestamp_ns '2024-01-02 03:04:05.123456'`, '2024-01-02 03:04:05.123456'],
      finer: [`timestamp_ns '2024-01-02 03:04:05.123456789'`, '2024-01-02 03:04:05.123456789'],
      uid: [`uuid '00000000-0000-0000-0000-0000000000FF'`, '00000000-0000-0000-0000-0000000000ff'],
      bin: [`'\\x00\\xFF'::blob`, '\\x00ff'],
      txt: [`'ü''"\n'`, `ü'"\n`],
      nil: ['null::integer', null],
      list: ['[1, null, 9007199254740993]', [1, null, '9007199254740993']],
      deep: [`{'a': {'b': ['x']}, 'c': null}`, { a: { b: ['x'] }, c: null }],
      map: [`map {'k': 1}`, { k: 1 }],
      js: [`'{"a": [1.0, "x"]}'::json`, { a: [1, 'x'] }],
    };
    const list = Object.entries(values).map(([name, [sql]]) => `${sql} as "${name}"`);
    const [row] = await fixture.readBack('in/values.parquet', await parquet(`select ${list.join(', ')}`));
    expect(row).toEqual(Object.fromEntries(Object.entries(values).map(([name, [, value]]) => [name, value])));
  });

  test('columns of any name are columns', async () => {
    const query = `select 1 as "__proto__", 2 as "a b""c", 3 as "C0", 4 as "c0x", 5 as "constructor"`;
    const [row] = await fixture.readBack('in/names.parquet', await parquet(query));
    expect(Object.entries(row as object)).toEqual([
      ['__proto__', '1'],
      ['a b"c', '2'],
      ['C0', '3'],
      ['c0x', '4'],
      ['constructor', '5'],
    ]);
  });

  test('numbers that a double does not hold stay as they were written', async () => {
    const text = '[{"a": 9007199254740993, "b": 0.1, "c": {"d": [123456789012345.123456789]}}]';
    const exact = [{ a: '9007199254740993', b: 0.1, c: { d: ['123456789012345.123456789'] } }];
    expect(await fixture.readBack('in/exact.json', text)).toEqual(exact);
    expect(await fixture.readBack('in/exact.ndjson', text.slice(1, -1))).toEqual(exact);
  });

  test('100,000 rows of Parquet come in batches, all of them', async () => {
    const body = await parquet('select range as n from range(100000)', ', row_group_size 10000');
    const all = (await fixture.readBack('in/large.parquet', body)) as { n: string }[];
    expect(all).toHaveLength(100_000);
    expect(new Set(all.map(({ n }) => n)).size).toBe(100_000);
  });
});
