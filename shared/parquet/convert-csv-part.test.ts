import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { csvLine } from '#test/support/csv-line.ts';
import { type ParquetFolder, parquetFolder } from '#test/support/parquet-folder.ts';
import type { ResultRow } from './parquet-engine.ts';
import { sqlText } from './sql-text.ts';

const contract = defineContract({
  version: 3,
  key: ['id'],
  fields: { id: f.int64(), note: f.text({ nullable: true }), amount: f.decimal(38, 4, { nullable: true }) },
});

/** Some of these write hundreds of megabytes. */
vi.setConfig({ testTimeout: 60_000 });

let folder: ParquetFolder;

beforeAll(async () => {
  folder = await parquetFolder();
});

afterAll(() => folder.remove());

function read(path: string, select = '*'): Promise<ResultRow[]> {
  return folder.engine.use((session) => session.rows(`select ${select} from read_parquet(${sqlText(path)})`));
}

describe('text', () => {
  test('NULL, empty text, quotes, line ends and long fields stay apart', async () => {
    const long = 'é'.repeat(7_000_000);
    const csv = `1,"",,7\n2,,1.5,\n3,"a ""b"", c\r\nd\ne",-0.0001,9\n4, x ,,\n5,"\\N",,\n6,${long},,\n`;
    const made = await folder.convert('text', contract, csv, { expectedRows: 6 });
    expect(made).toMatchObject({ rows: 6, rejectedRows: 0, nullCursorRows: 4, cursorMin: 7n, cursorMax: 9n });
    const rows = await read(made.path, 'id, note, amount::VARCHAR as amount, _cursor');
    expect(rows.toSorted((a, b) => Number(a['id']) - Number(b['id']))).toEqual([
      { id: 1n, note: '', amount: null, _cursor: 7n },
      { id: 2n, note: null, amount: '1.5000', _cursor: null },
      { id: 3n, note: 'a "b", c\r\nd\ne', amount: '-0.0001', _cursor: 9n },
      { id: 4n, note: ' x ', amount: null, _cursor: null },
      { id: 5n, note: '\\N', amount: null, _cursor: null },
      { id: 6n, note: long, amount: null, _cursor: null },
    ]);
  });

  test('a part without rows gives a file with the schema', async () => {
    const made = await folder.convert('empty', contract, '', { expectedRows: 0 });
    expect(made).toMatchObject({ rows: 0, rejectedRows: 0, cursorMin: null, cursorMax: null });
    expect(await read(made.path)).toEqual([]);
  });

  test.each([
    ['too few columns', '1,a,2\n'],
    ['too many columns', '1,a,2,3,4\n'],
    ['an open quote', '1,"a,2,3\n'],
    [
      'text that is not UTF-8',
      Buffer.concat([Buffer.from('1,'), Buffer.from([0xff]), Buffer.from(',2,3\n')]),
    ],
  ])('%s fails without quoting the line', async (_, csv) => {
    const failure = await folder.convert('bad', contract, csv).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PARQUET_CSV_UNREADABLE', facts: { duckdb: 'Invalid Input' } });
    expect((failure as Error).cause).toBeUndefined();
  });

  test('a row missing against the caller’s count fails', async () => {
    await expect(folder.convert('short', contract, '1,a,2,3\n', { expectedRows: 2 })).rejects.toMatchObject({
      code: 'PARQUET_ROWS_DIFFER',
    });
  });

  test('a row too long for the memory there is fails, and is never left out', async () => {
    const csv = `1,${'x'.repeat(70 << 20)},,\n`;
    const failure = await folder.convert('long', contract, csv).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/ROWS_DIFFER|ROW_TOO_LONG|OUT_OF_MEMORY/) });
  });
});

describe('versions', () => {
  test('order bytewise as cursors do, NULL first', async () => {
    const cursors = ['-9223372036854775808', '-5', '-1', '0', '1', '1577836800000000', '9223372036854775807'];
    const csv = [null, ...cursors].map((cursor, i) => csvLine([String(i), null, null, cursor])).join('');
    const version = { kind: 'cursor-then-ordinal', suffix: '00000000000000aa' } as const;
    const made = await folder.convert('versions', contract, csv, { version });
    const rows = await read(made.path, 'id, _version');
    const versions = rows
      .toSorted((a, b) => Number(a['id']) - Number(b['id']))
      .map((row) => String(row['_version']));
    expect(versions.every((text) => /^[0-9a-f]{32}$/.test(text))).toBe(true);
    expect(versions).toEqual(versions.toSorted());
    expect(new Set(versions.slice(1)).size).toBe(cursors.length);
    expect(versions[4]).toBe('800000000000000000000000000000aa');
  });

  test('are the ordinal alone where the cursor may go back', async () => {
    const made = await folder.convert('ordinal', contract, '1,a,2,3\n');
    expect(await read(made.path, '_version, _slice')).toEqual([{ _version: '0f', _slice: '' }]);
  });
});

describe('rejects', () => {
  const checked = defineContract({
    version: 3,
    key: ['id'],
    fields: {
      id: f.int64(),
      note: f.text({ nullable: true, maxLength: 40 }),
      amount: f.decimal(6, 2, { min: '0' }),
    },
  });

  test('a file of rejects holds the allowlisted text, where and why', async () => {
    const csv = '1,ok,1,5\nx,"a ""b""",1,6\n3,,1.555,7\n4,,,8\n5,é👩,-1,\n6,c,1,1e3\n';
    const made = await folder.convert('rejects', checked, csv, { slice: 's1', expectedRows: 6 });
    expect(made).toMatchObject({ rows: 1, rejectedRows: 5, rejectsFile: { rows: 5 } });
    expect(made.rejects).toEqual([
      { ordinal: 2, column: 'id', code: 'type' },
      { ordinal: 3, column: 'amount', code: 'type' },
      { ordinal: 4, column: 'amount', code: 'required' },
      { ordinal: 5, column: 'amount', code: 'min' },
      { ordinal: 6, column: '_cursor', code: 'type' },
    ]);
    const common = { _contract_version: 3, _slice: 's1' };
    expect(await read(made.rejectsFile?.path ?? '')).toEqual([
      {
        id: 'x',
        note: 'a "b"',
        amount: '1',
        _reject_column: 'id',
        _reject_code: 'type',
        _reject_ordinal: 2n,
        ...common,
        _cursor: '6',
      },
      {
        id: '3',
        note: null,
        amount: '1.555',
        _reject_column: 'amount',
        _reject_code: 'type',
        _reject_ordinal: 3n,
        ...common,
        _cursor: '7',
      },
      {
        id: '4',
        note: null,
        amount: null,
        _reject_column: 'amount',
        _reject_code: 'required',
        _reject_ordinal: 4n,
        ...common,
        _cursor: '8',
      },
      {
        id: '5',
        note: 'é👩',
        amount: '-1',
        _reject_column: 'amount',
        _reject_code: 'min',
        _reject_ordinal: 5n,
        ...common,
        _cursor: null,
      },
      {
        id: '6',
        note: 'c',
        amount: '1',
        _reject_column: '_cursor',
        _reject_code: 'type',
        _reject_ordinal: 6n,
        ...common,
        _cursor: '1e3',
      },
    ]);
  });

  test('ordinals hold over many buffers of text, and the list is bounded where the file is not', async () => {
    const rows = 200_000;
    const bad = (i: number): boolean => i % 9973 === 0 || (i > 150_000 && i < 151_000);
    const lines = Array.from(
      { length: rows },
      (_, i) => `${i + 1},some text that makes the row long enough,${bad(i + 1) ? 'x' : '1.5'},1\n`,
    );
    const made = await folder.convert('many', checked, lines.join(''), {
      expectedRows: rows,
      maxListedRejects: 50,
    });
    const expected = Array.from({ length: rows }, (_, i) => i + 1).filter(bad);
    expect(made.rows).toBe(rows - expected.length);
    expect(made.rejects.map((reject) => reject.ordinal)).toEqual(expected.slice(0, 50));
    const found = await read(made.rejectsFile?.path ?? '', 'id, _reject_ordinal');
    // Its row groups are read by two threads, and come in any order.
    const ordinals = found.map((row) => Number(row['_reject_ordinal']));
    expect(ordinals.toSorted((a, b) => a - b)).toEqual(expected);
    expect(found.every((row) => String(row['id']) === String(row['_reject_ordinal']))).toBe(true);
  });
});

describe('the engine', () => {
  test('stops a conversion when its signal aborts', async () => {
    const csv = '1,some text,2.5,3\n'.repeat(300_000);
    const abort = new AbortController();
    const conversion = folder.convert('aborted', contract, csv, { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(conversion).rejects.toMatchObject({ code: 'PARQUET_ABORTED' });
    await expect(folder.convert('aborted', contract, csv, { signal: abort.signal })).rejects.toMatchObject({
      code: 'PARQUET_ABORTED',
    });
  });

  test('two conversions at once do not disturb each other', async () => {
    const csv = (bad: number): string =>
      Array.from({ length: 50_000 }, (_, i) => `${i % bad === 0 ? 'x' : i},a,1,1\n`).join('');
    const [one, two] = await Promise.all([
      folder.convert('one', contract, csv(10)),
      folder.convert('two', contract, csv(1000)),
    ]);
    expect([one.rejectedRows, two.rejectedRows]).toEqual([5000, 50]);
  });
});
