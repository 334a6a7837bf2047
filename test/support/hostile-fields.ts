import * as f from '#shared/pipeline/field.ts';
import { HOSTILE_TEXTS } from './hostile-values.ts';

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
    '9999-12-31T23:59:59.9999990Z',
    '0000-01-01T00:00:00Z',
    '2026-11-01 08:00:00Z',
    '2026-11-01t08:00:00z',
    '2026-11-01T08:00:00.Z',
    '2026-11-01T08:00:00.000Z',
    '2026-11-01T08:00:0000Z',
    '2026-11-01T08:00:60Z',
    '2026-11-01T08:60:00Z',
    '2026-1-01T08:00:00.5Z',
    '2026-11-31',
    '2000-02-29',
    '1900-02-29',
    '2026-11-1 ',
  ],
];
/** All of them, as JSON has them. */
export const HOSTILE_JSON: readonly unknown[] = [
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
/** Fields that may be leaves of shaped JSON, by what is special about them. */
export const LEAVES: Readonly<Record<string, f.Field>> = {
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
/** And those that may be columns. */
export const COLUMNS: Readonly<Record<string, f.Field>> = {
  ...LEAVES,
  bytes: f.bytes({ maxLength: 3 }),
  'array of bytes': f.array({ kind: 'bytes' }, N),
};
