import pg from 'pg';
import type { DecimalText, MomentText, ResultValue } from '../adapter/adapter.ts';
import { arrayReader } from './array-text.ts';
import { intervalText } from './interval-text.ts';

interface ResultType {
  readonly name: string;
  readonly read: (text: string) => ResultValue;
}

/** Arrays of the built-in types, by object id, with what they hold. */
const ARRAYS: readonly (readonly [number, string])[] = [
  ...([
    [1000, 'boolean'],
    [1005, 'smallint'],
    [1007, 'integer'],
    [1016, 'bigint'],
  ] as const),
  ...([
    [1021, 'real'],
    [1022, 'double precision'],
    [1231, 'numeric'],
  ] as const),
  ...([
    [1009, 'text'],
    [1015, 'character varying'],
    [1003, 'name'],
    [1182, 'date'],
  ] as const),
  ...([
    [1115, 'timestamp without time zone'],
    [1185, 'timestamp with time zone'],
    [2951, 'uuid'],
  ] as const),
];

/** Object ids of the built-in types that results are read by; from `pg_type.dat`. */
const TYPES: ReadonlyMap<number, ResultType> = new Map<number, ResultType>([
  [16, { name: 'boolean', read: (text) => text === 't' }],
  [20, { name: 'bigint', read: BigInt }],
  [21, { name: 'smallint', read: BigInt }],
  [23, { name: 'integer', read: BigInt }],
  [26, { name: 'oid', read: BigInt }],
  [700, { name: 'real', read: Number }],
  [701, { name: 'double precision', read: Number }],
  [1700, { name: 'numeric', read: decimal }],
  [1082, { name: 'date', read: moment('date') }],
  [1083, { name: 'time without time zone', read: moment('time') }],
  [1114, { name: 'timestamp without time zone', read: moment('timestamp') }],
  [1184, { name: 'timestamp with time zone', read: moment('timestamptz') }],
  [1186, { name: 'interval', read: intervalText }],
  ...ARRAYS.map(([oid, item]): [number, ResultType] => [oid, { name: `${item}[]`, read: arrayReader(item) }]),
]);

/** Types that are text to templates, named for people. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [19, 'name'],
  [25, 'text'],
  [114, 'json'],
  [1042, 'character'],
  [1043, 'character varying'],
  [2950, 'uuid'],
  [3802, 'jsonb'],
]);

function decimal(text: string): DecimalText {
  return { kind: 'decimal', text };
}

function moment(kind: MomentText['kind']): (text: string) => MomentText {
  return (text) => ({ kind, text });
}

/** Readers that lose nothing: no JavaScript Date, no rounded decimal. */
export const resultTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) =>
    format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : (TYPES.get(oid)?.read ?? String)) as never,
};

/** What the server calls a type; `text` for one that is not known here. */
export const typeNameOf = (oid: number): string => TYPES.get(oid)?.name ?? NAMES.get(oid) ?? 'text';
