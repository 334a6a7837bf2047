import { describe, expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { referenceJson, referenceText } from '#test/support/reference-projection.ts';
import type { Contract } from '../contract.ts';
import { type RowVerdict, rowJudge } from '../contract-zod.ts';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { compileProjection, type ProjectedRow } from '../project-row.ts';
import { recordDroppedKeys } from './dropped-keys.ts';

/** Values of JSON that readers are known to take for others, round or choke on. */
const NUMBERS = [
  ...[
    0, -0, 1, -1, 1.5, -0.5, 0.1, 0.05, 21.55, 99.99, 1.005, 1e-7, 1.5e-7, 5e-324, 1e15, 1e16, 1e21,
    1.7976931348623157e308,
  ],
  ...[
    2147483647,
    2147483648,
    -2147483648,
    -2147483649,
    9007199254740991,
    -9007199254740991,
    9007199254740992,
    2 ** 63,
    -(2 ** 63),
  ],
  ...[0.1 + 0.2, 1 / 3, 123456789012.345, 1234567890123.4568, 99999999.99, 100000000, 1e-20, -1e-20],
];
const LISTS = [
  [],
  [null],
  ['a'],
  ['a', null, ''],
  [1, 2],
  ['1', 2, null],
  [1.5],
  [true, 'f'],
  [[1]],
  [{}],
  ['2020-01-01'],
  ['2020-01-01T00:00:00+02:00', '2020-01-01 00:00:00+00'],
  ['\ud800'],
  ['a\u0000'],
  [2 ** 53],
  ['x\u001fy', 'a"b\\c'],
];
const OBJECTS = [{}, { v: 1 }, { toString: 1 }, JSON.parse('{"__proto__":{"v":1}}'), { length: 1, 0: 'a' }];
const MOMENTS = [
  ...[
    '2026-11-01T08:00:00Z',
    '2026-11-01T08:00:00.1200Z',
    '2026-11-01T08:00:00.1234567Z',
    '2026-11-01T08:00:00+05:30',
  ],
  ...[
    '2026-11-01T08:00:00-1130',
    '2026-11-01T08:00:00+14',
    '2024-02-29T00:00:00+01:00',
    '2026-02-29T08:00:00+01:00',
  ],
  ...[
    '2026-11-01T24:00:00Z',
    '2026-11-01T08:00:00',
    '2026-11-01T08:00:00.5',
    '0001-01-01T00:00:00+01:00',
    '1969-12-31T23:59:59.999999Z',
  ],
];
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  ...NUMBERS,
  ...LISTS,
  ...OBJECTS,
  ...MOMENTS,
  ...HOSTILE_TEXTS,
];

const N = { nullable: true } as const;
const LEAVES: Readonly<Record<string, f.Field>> = {
  text: f.text(),
  'nullable text': f.text(N),
  'text of 1 to 3': f.text({ minLength: 1, maxLength: 3 }),
  'text of digits': f.text({ pattern: '^[0-9]{1,4}$' }),
  'text of a list': f.text({ oneOf: ['t', '👩‍👩‍👧‍👦', 'a,b', ''], nullable: true }),
  int32: f.int32(),
  'int32 from 0 to 1': f.int32({ min: '0', max: '1', nullable: true }),
  'int32 of a list': f.int32({ oneOf: ['1', '-1'] }),
  int64: f.int64(N),
  'int64 at its ends': f.int64({ min: '-9223372036854775807', max: '9223372036854775806' }),
  'int64 within 2^53': f.int64({ min: '-9007199254740990', max: '9007199254740990' }),
  'decimal(10,2)': f.decimal(10, 2, N),
  'decimal(10,2) within': f.decimal(10, 2, { min: '-0.5', max: '99.99' }),
  'decimal(5,5)': f.decimal(5, 5),
  'decimal(38,0)': f.decimal(38, 0),
  'decimal(38,38)': f.decimal(38, 38),
  float64: f.float64(),
  'float64 within': f.float64({ min: '-1.5', max: '1e300', nullable: true }),
  'float64 from 0': f.float64({ min: '0' }),
  boolean: f.boolean(),
  date: f.date(),
  'date since 1970': f.date({ min: '1970-01-01', max: '2020-01-01', nullable: true }),
  timestamp: f.timestamp(),
  'timestamp within': f.timestamp({ min: '1970-01-01', max: '2020-01-01 00:00:00.1' }),
  timestamptz: f.timestamptz(),
  'timestamptz within': f.timestamptz({ min: '1970-01-01 00:00:00+00', max: '2026-11-01', nullable: true }),
  uuid: f.uuid(N),
  'array of text': f.array({ kind: 'text' }, N),
  'array of int64': f.array({ kind: 'int64' }),
  'array of float64': f.array({ kind: 'float64' }),
  'array of decimal': f.array({ kind: 'decimal', precision: 10, scale: 2 }),
  'array of boolean': f.array({ kind: 'boolean' }),
  'array of timestamptz': f.array({ kind: 'timestamptz' }),
};
const COLUMNS: Readonly<Record<string, f.Field>> = {
  ...LEAVES,
  bytes: f.bytes({ maxLength: 3 }),
  'array of bytes': f.array({ kind: 'bytes' }, N),
};

function projector(contract: Contract): (value: unknown) => ProjectedRow {
  const spec = { contract, map: {}, drop: [], entity: null, eventTime: null, rows: null, hashKey: null };
  const projection = compileProjection(spec, recordDroppedKeys());
  return (value) => projection.project({ value, parents: [] }, {});
}

/** Both in one form: the row's texts, or what failed. */
const ofZod = (verdict: RowVerdict): unknown =>
  verdict.ok ? Object.values(verdict.row) : { column: verdict.column, code: verdict.code };
const ofProjection = (row: ProjectedRow): unknown =>
  row.ok ? row.fields : { column: row.column, code: row.code };
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

describe('the compiled projection and the zod schema judge alike', () => {
  test.each(Object.keys(COLUMNS))('a column of %s', (name) => {
    const v = COLUMNS[name] ?? f.text();
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v } });
    const [judge, project] = [rowJudge(contract), projector(contract)];
    let good = 0;
    for (const value of [undefined, ...VALUES]) {
      const projected = project({ id: '1', v: value, other: 'dropped' });
      const verdict = judge({ id: '1', v: referenceText(v.type, value), other: 'dropped' });
      expect(ofProjection(projected), shown(value)).toEqual(ofZod(verdict));
      if (!projected.ok) expect(projected.fields).toEqual(['1', null]);
      else good += 1;
    }
    expect(good).toBeGreaterThan(0);
  });

  test.each(Object.keys(LEAVES))('a leaf of %s, at two depths', (name) => {
    const leaf = LEAVES[name] ?? f.text();
    const v = f.shapedJson({
      leaf,
      object: f.object({ leaf: { ...leaf, nullable: true }, more: f.text(N) }),
    });
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v } });
    const [judge, project] = [rowJudge(contract), projector(contract)];
    const shape = v.shape ?? f.object({});
    let good = 0;
    for (const one of VALUES) {
      for (const value of [
        { other: 1, leaf: one },
        { object: { x: 1, leaf: one }, leaf: one },
        { leaf: one, object: one },
        one,
      ]) {
        const projected = project({ v: value, id: '1' });
        const text = value === null ? null : referenceJson(shape, value);
        expect(ofProjection(projected), shown(value)).toEqual(ofZod(judge({ id: '1', v: text })));
        if (projected.ok) good += 1;
      }
    }
    expect(good).toBeGreaterThan(0);
  });

  test('what a projection lets through, the schema gives back as it is', () => {
    const fields = Object.fromEntries(
      Object.values(LEAVES).map((field, i) => [`f${i}`, { ...field, nullable: true }]),
    );
    const contract = defineContract({
      version: 1,
      key: ['id'],
      fields: { id: f.text(), v: f.shapedJson(fields) },
    });
    const [judge, project] = [rowJudge(contract), projector(contract)];
    const names = Object.keys(fields);
    for (let i = 0; i < 3000; i += 1) {
      const keys = [...names, 'x', 'y'].filter(() => Math.random() < 0.2).toSorted(() => Math.random() - 0.5);
      const v = Object.fromEntries(
        keys.map((key) => [key, VALUES[Math.floor(Math.random() * VALUES.length)]]),
      );
      const { ok, fields: texts } = project({ id: '1', v });
      const [, text] = texts;
      if (ok) expect(judge({ id: '1', v: text })).toEqual({ ok: true, row: { id: '1', v: text } });
      else expect(text).toBeNull();
    }
  });
});
