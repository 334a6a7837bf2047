import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractPostgresDdl } from '#shared/parquet/contract-columns.ts';
import { type ConvertedPart, convertCsvPart } from '#shared/parquet/convert-csv-part.ts';
import { openCsvStream } from '#shared/parquet/open-csv-stream.ts';
import { SOURCE_SESSION_SETTINGS, sourceProjection } from '#shared/parquet/source-projection.ts';
import { postgresTypeOf } from '#shared/parquet/type-mapping.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { type ParquetFolder, parquetFolder } from '#test/support/parquet-folder.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

let database: TestDatabase;
let client: pg.Client;
let folder: ParquetFolder;

beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  folder = await parquetFolder();
});

afterAll(async () => {
  await client.end();
  await database.drop();
  await folder.remove();
});

/** How values are compared where their text is not the measure; `v` is the column. */
const COMPARED: Readonly<Record<string, string>> = {
  // What the server prints, with its padding; a cast to text would cut it off.
  'char(8)': 'CASE WHEN v IS NOT NULL THEN concat(v) END',
  // -0 and 0 are equal.
  'double precision': 'v',
  'double precision[]': 'v',
};

/** PostgreSQL types of the source and the contract field that takes them. */
const CASES: readonly (readonly [string, f.Field])[] = [
  ['text', f.text({ nullable: true })],
  ['varchar(20)', f.text({ nullable: true })],
  ['char(8)', f.text({ nullable: true })],
  ['smallint', f.int32({ nullable: true })],
  ['integer', f.int32({ nullable: true })],
  ['bigint', f.int64({ nullable: true })],
  ['numeric', f.decimal(38, 8, { nullable: true })],
  ['numeric(10,2)', f.decimal(10, 2, { nullable: true })],
  ['numeric(38,38)', f.decimal(38, 38, { nullable: true })],
  ['numeric(38,0)', f.decimal(38, 0, { nullable: true })],
  ['double precision', f.float64({ nullable: true })],
  ['boolean', f.boolean({ nullable: true })],
  ['date', f.date({ nullable: true })],
  ['timestamp', f.timestamp({ nullable: true })],
  ['timestamptz', f.timestamptz({ nullable: true })],
  ['bytea', f.bytes({ nullable: true })],
  ['json', f.json({ nullable: true })],
  ['jsonb', f.json({ nullable: true })],
  ['uuid', f.uuid({ nullable: true })],
  ['text[]', f.array({ kind: 'text' }, { nullable: true })],
  ['bigint[]', f.array({ kind: 'int64' }, { nullable: true })],
  ['numeric[]', f.array({ kind: 'decimal', precision: 38, scale: 8 }, { nullable: true })],
  ['double precision[]', f.array({ kind: 'float64' }, { nullable: true })],
  ['boolean[]', f.array({ kind: 'boolean' }, { nullable: true })],
  ['date[]', f.array({ kind: 'date' }, { nullable: true })],
  ['timestamptz[]', f.array({ kind: 'timestamptz' }, { nullable: true })],
  ['bytea[]', f.array({ kind: 'bytes' }, { nullable: true })],
  ['uuid[]', f.array({ kind: 'uuid' }, { nullable: true })],
  ['json[]', f.array({ kind: 'json' }, { nullable: true })],
];

/** Literals beyond the shared set that PostgreSQL alone can hold. */
const MORE = [
  ...[
    'infinity',
    '-infinity',
    '0044-03-15 BC',
    '294276-12-31',
    '5874897-12-31',
    '2020-03-29 02:30:00+02',
    '1883-11-18 12:03:57.999999-07:52',
  ],
  ...[
    '{}',
    '{NULL}',
    '{"NULL",NULL}',
    '{1,2}',
    '{{1,2},{3,4}}',
    '[0:1]={1,2}',
    '{1.5,NULL,-0.00000001}',
    '{NaN}',
    '{t,f,NULL}',
  ],
  ...[
    '{2020-01-01,infinity}',
    '{"a \\"b\\"","c\\\\d","e,f","{g}",""," "}',
    '{"\\\\x00ff"}',
    '{2020-01-01 00:00:00.5+00}',
    '{550e8400-e29b-41d4-a716-446655440000}',
  ],
  ...[
    '{"{\\"a\\": 1}",null}',
    '{Infinity,-0,5e-324,0.1}',
    `{${'x'.repeat(3000)}}`,
    '{é,👩}',
    'back\\slash',
    '\\',
    '{"\\\\"}',
    '{"x\u001fy"}',
  ],
];

describe('PostgreSQL, CSV, Parquet, CSV, PostgreSQL: what is not rejected comes back exactly', () => {
  test.each(CASES)('%s', async (type, field) => {
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: field } });
    const source = quoteIdent(`source ${type}`);
    await client.query(`CREATE TABLE ${source} (id bigint GENERATED ALWAYS AS IDENTITY, v ${type})`);
    const held = await fill(source, type);
    expect(held).toBeGreaterThan(2);

    const converted = await extract(source, contract, held);
    expect(converted.rows + converted.rejectedRows).toBe(held);
    expect(converted.rows).toBeGreaterThan(1);
    await client.query(`CREATE TABLE ${quoteIdent(`target ${type}`)} (${contractPostgresDdl(contract)})`);
    await load(quoteIdent(`target ${type}`), contract, converted);

    const rejected = converted.rejects.map((reject) => reject.ordinal);
    const compared = COMPARED[type] ?? `v::${postgresTypeOf(field)}::text`;
    const wanted = `SELECT id, ${compared} AS v FROM ${source} WHERE id <> ALL ($1::bigint[])`;
    const found = `SELECT id, ${compared} AS v FROM ${quoteIdent(`target ${type}`)} WHERE $1::bigint[] IS NOT NULL`;
    const differences = await client.query(
      `(${wanted} EXCEPT ALL ${found}) UNION ALL (${found} EXCEPT ALL ${wanted})`,
      [rejected],
    );
    expect(differences.rows).toEqual([]);
    const counts = await client.query(`SELECT count(*)::int AS rows FROM ${quoteIdent(`target ${type}`)}`);
    expect(counts.rows).toEqual([{ rows: converted.rows }]);
  });
});

describe('what cannot be held is rejected, never rounded', () => {
  const LOST: readonly (readonly [string, f.Field, string])[] = [
    ['numeric', f.decimal(38, 2), '1.005'],
    ['numeric', f.decimal(38, 2), 'NaN'],
    ['numeric', f.decimal(38, 2), '-Infinity'],
    ['numeric', f.decimal(38, 0), '100000000000000000000000000000000000000'],
    ['date', f.date(), 'infinity'],
    ['date', f.date(), '0044-03-15 BC'],
    ['date', f.date(), '10000-01-01'],
    ['timestamptz', f.timestamptz(), '-infinity'],
    ['timestamptz', f.timestamptz(), '10000-01-01 00:00:00+00'],
    ['timestamp', f.timestamp(), '0001-01-01 00:00:00 BC'],
    ['int[]', f.array({ kind: 'int32' }), '{{1,2},{3,4}}'],
    ['int[]', f.array({ kind: 'int32' }), '[0:1]={1,2}'],
    ['json', f.json(), '"\\u0000"'],
    ['bigint', f.int32(), '2147483648'],
    ['numeric', f.int64(), '1.5'],
  ];

  test.each(LOST)('%s as %j: %s', async (type, field, literal) => {
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), v: field } });
    await client.query('DROP TABLE IF EXISTS lost');
    await client.query(`CREATE TABLE lost (id bigint, v ${type})`);
    await client.query(`INSERT INTO lost VALUES (1, $1::${type})`, [literal]);
    const converted = await extract('lost', contract, 1);
    expect(converted).toMatchObject({ rows: 0, rejects: [{ ordinal: 1, column: 'v', code: 'type' }] });
  });
});

/** Inserts NULL and every text that the type takes; returns the number of rows. */
async function fill(source: string, type: string): Promise<number> {
  await client.query(`INSERT INTO ${source} (v) VALUES (NULL)`);
  let rows = 1;
  for (const text of [...HOSTILE_TEXTS, ...MORE]) {
    const taken = await takes(type, text);
    if (!taken) continue;
    await client.query(`INSERT INTO ${source} OVERRIDING SYSTEM VALUE VALUES ($1, $2::${type})`, [
      rows + 1,
      text,
    ]);
    rows += 1;
  }
  return rows;
}

async function takes(type: string, text: string): Promise<boolean> {
  try {
    await client.query(`SELECT $1::${type}`, [text]);
    return true;
  } catch {
    return false;
  }
}

async function extract(source: string, contract: Contract, rows: number): Promise<ConvertedPart> {
  for (const [name, value] of Object.entries(SOURCE_SESSION_SETTINGS))
    await client.query('SELECT set_config($1, $2, false)', [name, value]);
  const select = `SELECT ${sourceProjection(contract).join(', ')}, id AS _cursor FROM ${source} ORDER BY id`;
  await pipeline(
    client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT csv)`)),
    createWriteStream(folder.path('part.csv')),
  );
  return convertCsvPart(folder.engine, {
    csvPath: folder.path('part.csv'),
    contract,
    version: { kind: 'cursor-then-ordinal', suffix: '0000000000000000000000000001' },
    slice: '',
    outPath: folder.path('part.parquet'),
    rejectsPath: folder.path('part.rejects.parquet'),
    expectedRows: rows,
  });
}

/** Loads under settings unlike the source's, which must not matter. */
async function load(target: string, contract: Contract, converted: ConvertedPart): Promise<void> {
  await client.query(
    `SET TimeZone = 'America/Sao_Paulo'; SET DateStyle = 'SQL, DMY'; SET bytea_output = 'escape'`,
  );
  const { stream, done } = await openCsvStream(
    folder.engine,
    [{ path: converted.path, fileId: 42n }],
    contract,
  );
  await pipeline(stream, client.query(copyFrom(`COPY ${target} FROM STDIN (FORMAT csv)`)));
  expect(await done).toEqual([{ fileId: 42n, rows: converted.rows }]);
  const ids = await client.query(`SELECT DISTINCT _file_id FROM ${target}`);
  expect(ids.rows).toEqual([{ _file_id: '42' }]);
}
