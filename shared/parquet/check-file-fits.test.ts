import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { type ParquetFolder, parquetFolder } from '#test/support/parquet-folder.ts';
import { checkFileFits, type ExpectedFile } from './check-file-fits.ts';
import type { ConvertedPart } from './convert-csv-part.ts';
import { inspectParquet } from './inspect-parquet.ts';
import { sqlText } from './sql-text.ts';

const fields = { id: f.int64(), name: f.text(), amount: f.decimal(10, 2, { nullable: true }) };
const contract = defineContract({ version: 2, key: ['id'], fields });

let folder: ParquetFolder;
let good: ConvertedPart;

beforeAll(async () => {
  folder = await parquetFolder();
  const lines = Array.from({ length: 5000 }, (_, i) => `${i},name ${i},1.5,1\n`);
  good = await folder.convert('good', contract, lines.join(''));
});

afterAll(() => folder.remove());

const verdict = (path: string, expected: ExpectedFile = {}, against = contract) =>
  checkFileFits(folder.engine, path, against, expected);

/** Writes a file by hand, as a foreign tool would. */
async function foreign(select: string): Promise<string> {
  const path = folder.path('foreign.parquet');
  await folder.engine.use((session) => session.rows(`copy (${select}) to ${sqlText(path)} (format parquet)`));
  return path;
}

const SYSTEM = `1::BIGINT as _cursor, 'v' as _version, 'h' as _row_hash, '' as _slice`;

test('a file fits that is what ledger and contract say', async () => {
  const { rows, bytes, sha256 } = good;
  expect(await verdict(good.path, { rows, bytes, sha256 })).toMatchObject({
    ok: true,
    facts: { rows: 5000, contractVersion: '2', fingerprint: contractFingerprint(contract) },
  });
});

describe('bytes', () => {
  test.each([
    ['missing', async () => folder.path('gone.parquet')],
    ['not-parquet', () => written(Buffer.from('id,name\n1,a\n'))],
    ['not-parquet', () => written(Buffer.alloc(0))],
    ['truncated', async () => cut((await readFile(good.path)).length - 1)],
    ['truncated', async () => cut(1000)],
    ['truncated', async () => cut(4)],
    ['corrupt', async () => changed((bytes) => bytes.writeUInt32LE(0xffff_ffff, bytes.length - 8))],
    ['corrupt', async () => changed((bytes) => bytes.fill(0xff, bytes.length - 200, bytes.length - 8))],
  ])('%s', async (code, make) => {
    expect(await verdict(await make())).toEqual({ ok: false, code });
  });

  test('one changed bit of data is found by the checksum, another length by the size', async () => {
    const { sha256, bytes } = good;
    const path = await changed((content) => content.writeUInt8(content.readUInt8(500) ^ 1, 500));
    expect(await verdict(path, { sha256, bytes })).toEqual({ ok: false, code: 'checksum' });
    expect(await verdict(good.path, { sha256, bytes: bytes + 1 })).toEqual({ ok: false, code: 'size' });
  });

  async function written(content: Buffer): Promise<string> {
    await writeFile(folder.path('bad.parquet'), content);
    return folder.path('bad.parquet');
  }

  async function cut(length: number): Promise<string> {
    await copyFile(good.path, folder.path('cut.parquet'));
    await truncate(folder.path('cut.parquet'), length);
    return folder.path('cut.parquet');
  }

  async function changed(change: (content: Buffer) => void): Promise<string> {
    const content = await readFile(good.path);
    change(content);
    return written(content);
  }
});

describe('columns and rows', () => {
  test.each([
    ['missing-column', 'name', `1::BIGINT as id, 1::DECIMAL(10,2) as amount, ${SYSTEM}`],
    [
      'missing-column',
      '_row_hash',
      `1::BIGINT as id, 'a' as name, 1::DECIMAL(10,2) as amount, null::BIGINT as _cursor, 'v' as _version`,
    ],
    [
      'unknown-column',
      '#8',
      `1::BIGINT as id, 'a' as name, 1::DECIMAL(10,2) as amount, ${SYSTEM}, 'x' as "a@b.c"`,
    ],
    ['column-type', 'id', `1::INTEGER as id, 'a' as name, 1::DECIMAL(10,2) as amount, ${SYSTEM}`],
    ['column-type', 'amount', `1::BIGINT as id, 'a' as name, 1::DECIMAL(11,2) as amount, ${SYSTEM}`],
    ['column-type', 'amount', `1::BIGINT as id, 'a' as name, 1::DOUBLE as amount, ${SYSTEM}`],
  ])('%s %s', async (code, column, select) => {
    expect(await verdict(await foreign(`select ${select}`))).toEqual({ ok: false, code, column });
  });

  test('another order of columns is no misfit', async () => {
    const path = await foreign(
      `select ${SYSTEM}, null::DECIMAL(10,2) as amount, 'a' as name, 1::BIGINT as id`,
    );
    expect(await verdict(path)).toMatchObject({ ok: true });
  });

  test('another number of rows than the ledger has', async () => {
    expect(await verdict(good.path, { rows: 4999 })).toEqual({ ok: false, code: 'row-count' });
  });

  test('NULL in a required column, named by column and row', async () => {
    const name = `case when i = 3001 then null else 'a' end as name`;
    const path = await foreign(
      `select i::BIGINT as id, ${name}, 1::DECIMAL(10,2) as amount, ${SYSTEM} from range(5000) t(i)`,
    );
    expect(await verdict(path)).toEqual({
      ok: false,
      code: 'null-in-required',
      column: 'name',
      ordinal: 3002,
    });
  });

  test('NULL where it may be is no misfit', async () => {
    const nullable = defineContract({
      version: 2,
      key: ['id'],
      fields: { ...fields, name: f.text({ nullable: true }) },
    });
    const path = await foreign(
      `select 1::BIGINT as id, null::VARCHAR as name, 1::DECIMAL(10,2) as amount, ${SYSTEM}`,
    );
    expect(await verdict(path, {}, nullable)).toMatchObject({ ok: true });
    expect(await verdict(path)).toMatchObject({ code: 'null-in-required' });
  });

  test('NULL inside an array is no NULL of its column', async () => {
    const tagged = defineContract({
      version: 2,
      key: ['id'],
      fields: { id: f.int64(), tags: f.array({ kind: 'text' }) },
    });
    const withNull = await foreign(`select 1::BIGINT as id, ['a', null] as tags, ${SYSTEM}`);
    expect(await verdict(withNull, {}, tagged)).toMatchObject({ ok: true });
    const isNull = await foreign(`select 1::BIGINT as id, null::VARCHAR[] as tags, ${SYSTEM}`);
    expect(await verdict(isNull, {}, tagged)).toEqual({
      ok: false,
      code: 'null-in-required',
      column: 'tags',
      ordinal: 1,
    });
  });
});

test('a foreign file has no stamps', async () => {
  const inspection = await inspectParquet(folder.engine, await foreign('select 1 as x'));
  expect(inspection).toMatchObject({
    ok: true,
    facts: { rows: 1, contractVersion: undefined, fingerprint: undefined },
  });
});
