import { expect, it, test } from 'vitest';
import { readSeed } from './seed-file.ts';

it('reads quotes, line ends inside them, CRLF, a byte order mark and empty fields', () => {
  const seed = readSeed('\uFEFFid,text\r\n1,"a ""b"",\r\nc"d\r\n2,\r\n', {});
  expect(seed.rows).toEqual([
    ['1', 'a "b",\ncd'],
    ['2', null],
  ]);
});

it('fills short rows up, takes an empty line for a row of NULLs, and names columns that have no name of their own', () => {
  const seed = readSeed('id,,id\n1\n\n2,x,y\n', {});
  expect(seed.columns.map(({ name }) => name)).toEqual(['id', 'b', 'id_2']);
  expect(seed.rows).toEqual([
    ['1', null, null],
    [null, null, null],
    ['2', 'x', 'y'],
  ]);
});

/** Types and values that the original (1.10.23) gave on PostgreSQL. */
test.each([
  ['1 2 -3', 'integer', '1 2 -3'],
  ['007 12 +5', 'integer', '7 12 5'],
  ['1,000 $2,000 5%', 'integer', '1000 2000 5'],
  ['1e5 1.0 1E+2', 'integer', '100000 1 100'],
  ['.5 5. -1.50', 'double precision', '0.5 5 -1.5'],
  ['1.5e-2 2 -.5', 'double precision', '0.015 2 -0.5'],
  ['NULL 1 null', 'integer', '- 1 -'],
  ['null a  b', 'text', '- a - b'],
  ['null NULL ', 'integer', '- - -'],
  ['true False TRUE', 'boolean', 'true false true'],
  ['true 1 false', 'text', 'true 1 false'],
  ['t f', 'text', 't f'],
  ['2024-01-02 2024-1-5', 'date', '2024-01-02 2024-01-05'],
  ['2024-02-30 2024-01-01', 'text', '2024-02-30 2024-01-01'],
  ['01/02/2024', 'text', '01/02/2024'],
  ['2024-01-02T10:00:00+02:00 2024-01-02T10:00:00Z', 'timestamp', '2024-01-02_08:00:00 2024-01-02_10:00:00'],
  ['2024-01-02T10:00:00.123', 'timestamp', '2024-01-02_10:00:00.123'],
  ['10:00:00', 'text', '10:00:00'],
  ['2024-01 2024-02', 'text', '2024-01 2024-02'],
  ['(5) 6', 'text', '(5) 6'],
])('values %s are %s', (written, type, read) => {
  const values = written.split(' ');
  const seed = readSeed(`a|other\n${values.map((value) => `${value}|x\n`).join('')}`, {}, '|');
  expect(seed.columns[0]?.type).toBe(type);
  expect(seed.rows.map(([value]) => value?.replace(' ', '_') ?? '-').join(' ')).toBe(read);
});

it('takes date and time for a timestamp only as the original reads them', () => {
  const typeOf = (value: string) => readSeed(`a\n${value}\n`, {}).columns[0]?.type;
  expect(typeOf('2024-01-02 10:00:01')).toBe('timestamp');
  expect(typeOf('2024-01-02 10:00')).toBe('text');
  expect(typeOf('2024-01-02 10:00:00.123')).toBe('text');
});

it('keeps values of a column with a given type as they are written, and whole numbers too large for an integer', () => {
  const seed = readSeed('zip,big\n01234,12345678901\n null ,1\n', { zip: 'text' });
  expect(seed.columns.map(({ type }) => type)).toEqual(['text', 'bigint']);
  expect(seed.rows).toEqual([
    ['01234', '12345678901'],
    [null, '1'],
  ]);
});

it('names the line of a row with fields too many, and of a quote never closed', () => {
  expect(() => readSeed('a,b\n1,2\n1,2,3\n', {})).toThrow('line 3 has 3 fields, the header 2');
  expect(() => readSeed('a\n"x\n', {})).toThrow('line 2: a quote is never closed');
});
