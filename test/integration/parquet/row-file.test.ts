import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFileFits } from '#shared/parquet/check-file-fits.ts';
import {
  type ConvertedBatch,
  convertBatch,
  convertRowBatch,
  type WrittenBatch,
} from '#shared/parquet/convert-row-batch.ts';
import { inspectParquet } from '#shared/parquet/inspect-parquet.ts';
import type { ResultRow } from '#shared/parquet/parquet-engine.ts';
import { type BatchSlice, openRowBatch } from '#shared/parquet/row-batch.ts';
import { writeRowFile } from '#shared/parquet/row-file/write-row-file.ts';
import { rowHash } from '#shared/parquet/row-hash.ts';
import { openSliceSpool, type SpooledSlice } from '#shared/parquet/slice-spool.ts';
import { sqlText } from '#shared/parquet/sql-text.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { rowJudge, type TextRow } from '#shared/pipeline/contract-zod.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { type ParquetFolder, parquetFolder } from '#test/support/parquet-folder.ts';
import { seededRandom } from '#test/support/seeded-random.ts';

/*
 * Files that the module of `shared/parquet/row-file` writes, held to what DuckDB makes of the same rows.
 */

let folder: ParquetFolder;
let made = 0;

beforeAll(async () => {
  folder = await parquetFolder();
});

afterAll(() => folder.remove());

const read = (sql: string): Promise<ResultRow[]> => folder.engine.use((session) => session.rows(sql));

async function spooled(
  contract: Contract,
  rows: Iterable<TextRow>,
  memoryBytes = 1 << 20,
): Promise<SpooledSlice> {
  made += 1;
  const spool = openSliceSpool({ contract, path: folder.path(`spool-${made}`), memoryBytes });
  for (const row of rows) {
    const fields = Object.keys(contract.fields).map((name) => row[name] ?? null);
    await spool.add({ ok: true, fields, entity: null, eventTime: null }, row['#cursor'] ?? null);
  }
  return spool.finish();
}

interface BothWays {
  readonly byModule: WrittenBatch;
  readonly byDuckdb: ConvertedBatch;
}

/** The same slices by either way; spools are discarded. */
async function bothWays(contract: Contract, slices: readonly BatchSlice[]): Promise<BothWays> {
  made += 1;
  const conversion = (way: string) => {
    const path = (ending: string): string => folder.path(`${made}-${way}${ending}`);
    const files = { csvPath: path('.csv'), outPath: path('.parquet'), rejectsPath: path('.rejects.parquet') };
    return { contract, versionKind: 'ordinal', slices, ...files } as const;
  };
  const byModule = await convertRowBatch(folder.engine, conversion('module'));
  const batch = openRowBatch(conversion('duckdb').csvPath);
  await batch.append(slices);
  const byDuckdb = await convertBatch(folder.engine, batch, conversion('duckdb'));
  await batch.discard();
  await Promise.all(slices.map(({ spool }) => spool.discard()));
  return { byModule, byDuckdb };
}

async function writerOf({ path }: ConvertedBatch): Promise<string> {
  const [footer] = await read(`select created_by from parquet_file_metadata(${sqlText(path)})`);
  return String(footer?.['created_by']);
}

/** Values and types; rows that only one of the files holds, NaN being equal to itself. */
async function expectSame({ byModule, byDuckdb }: BothWays, contract: Contract): Promise<void> {
  expect(byModule.otherWay).toBeNull();
  expect(await writerOf(byModule)).toBe('penstock');
  expect(await writerOf(byDuckdb)).toMatch(/^DuckDB/);
  const [ours, theirs] = [byModule, byDuckdb].map(({ path }) => `read_parquet(${sqlText(path)})`);
  const differing = await read(`select count(*)::int as n from
    ((from ${ours} except all from ${theirs}) union all (from ${theirs} except all from ${ours}))`);
  expect(differing).toEqual([{ n: 0 }]);
  const [facts, expected] = await Promise.all(
    [byModule, byDuckdb].map(({ path }) => inspectParquet(folder.engine, path)),
  );
  if (facts?.ok !== true || expected?.ok !== true) throw new Error('one of the files is none');
  const { columns, contractVersion, fingerprint } = expected.facts;
  expect(facts.facts).toMatchObject({ columns, contractVersion, fingerprint, rows: byModule.rows });
  const { rows, bytes, sha256 } = byModule;
  expect(await checkFileFits(folder.engine, byModule.path, contract, { rows, bytes, sha256 })).toMatchObject({
    ok: true,
  });
  const told = ({ slices, rows, rejectedRows, cursorMin, cursorMax, nullCursorRows }: ConvertedBatch) => ({
    ...{ slices, rows, rejectedRows, cursorMin, cursorMax, nullCursorRows },
  });
  expect(told(byModule)).toEqual(told(byDuckdb));
}

const N = { nullable: true } as const;
const FIELDS: Readonly<Record<string, f.Field>> = {
  text: f.text(N),
  'text of a pattern': f.text({ ...N, pattern: '^[0-9]{1,4}$' }),
  int32: f.int32(N),
  int64: f.int64(N),
  'decimal(1,0)': f.decimal(1, 0, N),
  'decimal(5,5)': f.decimal(5, 5, N),
  'decimal(9,2)': f.decimal(9, 2, N),
  'decimal(10,2)': f.decimal(10, 2, N),
  'decimal(18,9)': f.decimal(18, 9, N),
  'decimal(19,4)': f.decimal(19, 4, N),
  'decimal(38,0)': f.decimal(38, 0, N),
  'decimal(38,38)': f.decimal(38, 38, N),
  float64: f.float64(N),
  boolean: f.boolean(N),
  date: f.date(N),
  timestamp: f.timestamp(N),
  timestamptz: f.timestamptz(N),
  bytes: f.bytes(N),
  json: f.json(N),
  uuid: f.uuid(N),
};
const MORE_TEXTS = [
  ...[
    '\u0001',
    '\u0001\u0001',
    'a\u0001',
    ',\u0001\n',
    '\u001f',
    'ab\u001fcd\u001f\u001f',
    `${'x'.repeat(40)}\u001f`,
  ],
  ...[
    '-99.99',
    '9999999.99',
    '-9999999.99',
    '0.00001',
    '123456789.123456789',
    '-0.5',
    '-123456789012345.6789',
  ],
  ...[
    `${'9'.repeat(38)}`,
    `-${'9'.repeat(38)}`,
    `-0.${'9'.repeat(38)}`,
    '-1',
    '9',
    '-2147483648',
    '2147483647',
  ],
  ...[
    '-9223372036854775808',
    '9223372036854775807',
    '-9223372036854775807',
    '1e300',
    '5e-324',
    '-0',
    '0.1',
    '1.5',
  ],
  ...[
    '0001-01-01',
    '9999-12-31',
    '1969-12-31',
    '1970-01-01',
    '2000-02-29',
    '1900-02-28',
    '2024-03-01',
    '0004-02-29',
  ],
  ...[
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59.999999',
    '1969-12-31 23:59:59.5',
    '2024-02-29 12:00:00.000001',
  ],
  ...[
    '0001-01-01 00:00:00+00',
    '9999-12-31 23:59:59.999999+00',
    '1969-12-31 23:59:59.5+00',
    '2024-02-29 00:00:00+00',
  ],
  ...['\\x', '\\x00', '\\xdeadbeef', '{"a": [1, "\\u001f"]}', '"a"', 'true', 'f', 't', 'false'],
  ...['123e4567-e89b-12d3-a456-426614174000'],
];

describe('one column of any type is as DuckDB writes it', () => {
  test.each(Object.keys(FIELDS))('%s', async (name) => {
    const field = FIELDS[name] ?? f.text();
    const contract = defineContract({ version: 3, key: ['id'], fields: { id: f.int64(), v: field } });
    const judge = rowJudge(contract);
    const rows = [null, ...HOSTILE_TEXTS, ...MORE_TEXTS]
      .map((v, i) => ({ id: String(i), v, '#cursor': i % 5 === 0 ? null : String(i - 7) }))
      .filter(({ id, v }) => judge({ id, v }).ok);
    expect(rows.length).toBeGreaterThan(1);
    const both = await bothWays(contract, [
      { slice: 's1/ü', versionSuffix: '00aa', spool: await spooled(contract, rows) },
    ]);
    await expectSame(both, contract);
    const hashes = await read(
      `select id, _row_hash as hash from read_parquet(${sqlText(both.byModule.path)})`,
    );
    const twins = rows.map(({ id, v }) => ({ id: BigInt(id), hash: rowHash(contract, { id, v }) }));
    expect(hashes).toEqual(twins);
  });
});

const MIXED = defineContract({
  version: 2,
  key: ['id'],
  fields: {
    ...{ id: f.int64(), note: f.text(N), on: f.boolean(N), day: f.date(N), score: f.float64(N) },
    ...{
      amount: f.decimal(30, 4, N),
      at: f.timestamptz(),
      raw: f.bytes(N),
      small: f.int32(N),
      more: f.text(N),
    },
    ...{ a: f.text(N), b: f.text(N), c: f.text(N), d: f.text(N), e: f.text(N), last: f.boolean(N) },
  },
});

/** Rows of any length, of which any column may be NULL. */
function* mixedRows(count: number, seed: number, longest: number): Generator<TextRow> {
  const random = seededRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  const maybe = (text: string): string | null => (random() < 0.2 ? null : text);
  const some = (): string => 'aé\u0001\u001f,\n"x'.repeat(longest).slice(upTo(8), upTo(longest));
  for (let i = 0; i < count; i += 1) {
    yield {
      ...{
        id: String(i),
        note: maybe(some()),
        on: maybe(random() < 0.5 ? 't' : 'f'),
        '#cursor': maybe(String(i)),
      },
      ...{
        day: maybe(`20${10 + upTo(20)}-0${1 + upTo(9)}-1${upTo(10)}`),
        score: maybe(String(random() * 1e6)),
      },
      ...{
        amount: maybe(`${upTo(1e9)}.${1 + upTo(9)}`),
        raw: maybe(`\\x${'ab'.repeat(upTo(9))}`),
        more: maybe(some()),
      },
      ...{ at: `2026-11-2${upTo(9)} 10:00:0${upTo(10)}+00`, small: maybe(String(upTo(1e6) - 500_000)) },
      ...{ a: null, b: maybe(''), c: 'c', d: maybe('d'.repeat(upTo(3))), e: maybe('é'), last: maybe('t') },
    };
  }
}

describe('rows of many columns', () => {
  test('of several slices, of which some are empty or beyond memory, in many row groups', async () => {
    const slices = [];
    for (const [nth, count] of [1, 0, 7, 8, 9, 25_000, 0, 40_000, 3].entries())
      slices.push({
        ...{ slice: `s${nth % 3}/c-${nth}`, versionSuffix: `0${nth}` },
        spool: await spooled(MIXED, mixedRows(count, nth, 30), nth % 2 === 1 ? 50_000 : 1 << 24),
      });
    const both = await bothWays(MIXED, slices);
    await expectSame(both, MIXED);
    const [groups] = await read(
      `select num_row_groups::int as n from parquet_file_metadata(${sqlText(both.byModule.path)})`,
    );
    expect(groups?.['n']).toBeGreaterThan(4);
  });

  test('of which some are as long as there is room for', async () => {
    const note = 'long\u001f\u0001'.repeat(140_000);
    const rows = [...mixedRows(20, 1, 20)].map((row, i) => (i % 7 === 3 ? { ...row, note } : row));
    const spool = await spooled(MIXED, rows);
    await expectSame(await bothWays(MIXED, [{ slice: 's', versionSuffix: '00', spool }]), MIXED);
  });

  test('every length around the blocks that are hashed, beside others in all lanes', async () => {
    const contract = defineContract({ version: 1, key: ['v'], fields: { v: f.text() } });
    const random = seededRandom(5);
    const lengths = Array.from({ length: 1000 }, (_, i) => (i < 300 ? i : Math.floor(random() * 3000)));
    const rows = lengths.map((length) => ({ v: 'q'.repeat(length) }));
    const spool = await spooled(contract, rows);
    const { byModule } = await bothWays(contract, [{ slice: 's', versionSuffix: '00', spool }]);
    expect(await writerOf(byModule)).toBe('penstock');
    const found = await read(`select _row_hash as hash from read_parquet(${sqlText(byModule.path)})`);
    expect(found.map(({ hash }) => hash)).toEqual(rows.map((row) => rowHash(contract, row)));
  });
});

test('a file that others may read, and none when it is cancelled or there is no room', async () => {
  const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64() } });
  const slices = [{ slice: 's', versionSuffix: '00', spool: await spooled(contract, [{ id: '1' }]) }];
  const outPath = folder.path('rows.parquet');
  await writeRowFile({ contract, slices, outPath });
  expect((await stat(outPath)).mode & 0o777).toBe(0o666 & ~process.umask());
  const signal = AbortSignal.abort();
  await expect(writeRowFile({ contract, slices, outPath, signal })).rejects.toMatchObject({
    code: 'PARQUET_ABORTED',
  });
  const nowhere = folder.path('no such folder/rows.parquet');
  await expect(writeRowFile({ contract, slices, outPath: nowhere })).rejects.toMatchObject({
    code: 'PARQUET_OUT_OF_SPACE',
  });
});

describe('what is not for the module goes the other way', () => {
  const text = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: f.text() } });
  const array = defineContract({
    ...{ version: 1, key: ['id'] },
    fields: { id: f.int64(), v: f.array({ kind: 'text' }) },
  });
  test.each([
    [
      'a line longer than there is room for',
      'long_line',
      text,
      [
        { id: '1', v: 'x' },
        { id: '2', v: 'y'.repeat(3 << 20) },
      ],
    ],
    ['an array', 'column_type', array, [{ id: '1', v: '["x","y"]' }]],
  ])('%s', async (_, otherWay, contract, rows) => {
    const spool = await spooled(contract, rows, 1 << 24);
    const { byModule, byDuckdb } = await bothWays(contract, [{ slice: 's', versionSuffix: '00', spool }]);
    expect(await writerOf(byModule)).toMatch(/^DuckDB/);
    expect(byModule).toMatchObject({ rows: rows.length, sha256: byDuckdb.sha256, otherWay });
  });

  test.each([
    ['an integer', f.int32(), '2147483648'],
    ['a long integer', f.int64(), '9223372036854775808'],
    ['an integer that would come round again', f.int64(), '18446744073709551617'],
    ['a boolean', f.boolean(), 'x'],
    ['a date', f.date(), '2026-13-01'],
    ['a time', f.timestamptz(), '2026-11-01 25:00:00+00'],
    ['a decimal', f.decimal(4, 1), '12345.6'],
    ['a float', f.float64(), '1.5.5'],
    ['bytes', f.bytes(), '\\xabc'],
  ])('a text that is no value after all: %s', async (_, field, v) => {
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: field } });
    const spool = await spooled(contract, [{ id: '1', v }]);
    const { byModule } = await bothWays(contract, [{ slice: 's', versionSuffix: '00', spool }]);
    const rejects = [{ column: 'v', code: 'type' }];
    expect(byModule).toMatchObject({ rows: 0, rejectedRows: 1, rejects, otherWay: 'no_value' });
  });

  test('a value that is missing where there must be one', async () => {
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: f.text() } });
    const spool = await spooled(contract, [
      { id: '1', v: null },
      { id: '2', v: '' },
    ]);
    const { byModule } = await bothWays(contract, [{ slice: 's', versionSuffix: '00', spool }]);
    expect(byModule).toMatchObject({
      ...{ rows: 1, rejectedRows: 1 },
      rejects: [{ column: 'v', code: 'required' }],
    });
  });
});
