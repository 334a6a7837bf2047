import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowJudge } from '#shared/pipeline/contract-zod.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { csvLine } from '#test/support/csv-line.ts';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { convertCsvPart } from './convert-csv-part.ts';
import { openParquetEngine, type ParquetEngine } from './parquet-engine.ts';
import { rowHash } from './row-hash.ts';
import { sqlText } from './sql-text.ts';

const FIELDS: Readonly<Record<string, f.Field>> = {
  text: f.text(),
  'nullable text': f.text({ nullable: true }),
  'text of 1 to 3': f.text({ minLength: 1, maxLength: 3 }),
  'text of digits': f.text({ pattern: '^[0-9]{1,4}$' }),
  'text by alternation': f.text({ pattern: '^a|[^0-9]+|\\d{2}$' }),
  'text of a list': f.text({ oneOf: ['t', "'; drop table x; --", '👩‍👩‍👧‍👦', 'a,b', ''] }),
  int32: f.int32(),
  'int32 from 0 to 1': f.int32({ min: '0', max: '1' }),
  'int32 of a list': f.int32({ oneOf: ['1', '-1'] }),
  int64: f.int64({ nullable: true }),
  'int64 at its ends': f.int64({ min: '-9223372036854775808', max: '9223372036854775806' }),
  'decimal(10,2)': f.decimal(10, 2),
  'decimal(10,2) within': f.decimal(10, 2, { min: '-0.5', max: '99.99', nullable: true }),
  'decimal(4,1)': f.decimal(4, 1),
  'decimal(5,5)': f.decimal(5, 5),
  'decimal(38,0)': f.decimal(38, 0),
  'decimal(38,8)': f.decimal(38, 8),
  'decimal(38,38)': f.decimal(38, 38),
  'decimal(1,0)': f.decimal(1, 0),
  float64: f.float64(),
  'float64 within': f.float64({ min: '-1.5', max: '1e300' }),
  boolean: f.boolean(),
  date: f.date(),
  'date since 1970': f.date({ min: '1970-01-01', max: '2020-01-01' }),
  timestamp: f.timestamp(),
  'timestamp within': f.timestamp({ min: '1970-01-01', max: '2020-01-01 00:00:00.1' }),
  timestamptz: f.timestamptz(),
  'timestamptz within': f.timestamptz({ min: '1970-01-01 00:00:00+00', max: '2020-01-01', nullable: true }),
  bytes: f.bytes(),
  'bytes of 1 to 2': f.bytes({ minLength: 1, maxLength: 2 }),
  json: f.json(),
  uuid: f.uuid(),
  'array of text': f.array({ kind: 'text' }, { nullable: true }),
  'array of int64': f.array({ kind: 'int64' }),
  'array of decimal': f.array({ kind: 'decimal', precision: 10, scale: 2 }),
  'array of boolean': f.array({ kind: 'boolean' }),
  'array of date': f.array({ kind: 'date' }),
  'array of timestamptz': f.array({ kind: 'timestamptz' }),
  'array of float64': f.array({ kind: 'float64' }),
  'array of bytes': f.array({ kind: 'bytes' }),
  'array of json': f.array({ kind: 'json' }),
};

const TEXTS = [null, ...HOSTILE_TEXTS];

let folder: string;
let engine: ParquetEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  engine = await openParquetEngine({ workDir: join(folder, 'work') });
});

afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

describe('the row check and the SQL predicate judge alike', () => {
  test.each(Object.keys(FIELDS))('%s', async (name) => {
    const field = FIELDS[name] ?? f.text();
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: field } });
    const csvPath = join(folder, 'in.csv');
    await writeFile(csvPath, TEXTS.map((text, i) => csvLine([String(i), text, '1'])).join(''));
    const outPath = join(folder, 'out.parquet');
    const version = { kind: 'ordinal', suffix: '00' } as const;
    const converted = await convertCsvPart(engine, {
      ...{ csvPath, contract, version, slice: '', outPath, rejectsPath: join(folder, 'rejects.parquet') },
      expectedRows: TEXTS.length,
    });
    const judge = rowJudge(contract);
    const expected = TEXTS.flatMap((v, i) => {
      const verdict = judge({ id: String(i), v });
      return verdict.ok ? [] : [`${shown(v)} ${verdict.column} ${verdict.code}`];
    });
    const found = converted.rejects.map((r) => `${shown(TEXTS[r.ordinal - 1])} ${r.column} ${r.code}`);
    expect(found).toEqual(expected);
    expect(converted.rows).toBe(TEXTS.length - expected.length);
    expect(converted.rows).toBeGreaterThan(0);

    const hashes = await engine.use((session) =>
      session.rows(`select id, _row_hash from read_parquet(${sqlText(outPath)}) order by id`),
    );
    const twins = hashes.map(({ id }) => rowHash(contract, { id: String(id), v: TEXTS[Number(id)] ?? null }));
    expect(hashes.map((row) => row['_row_hash'])).toEqual(twins);
  });
});

function shown(text: string | null | undefined): string {
  return text === undefined ? 'nothing' : JSON.stringify(text).slice(0, 80);
}
