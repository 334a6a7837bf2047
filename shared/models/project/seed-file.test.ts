import { expect, it } from 'vitest';
import { readSeed } from './seed-file.ts';

it('reads quotes, line ends inside them, CRLF, a byte order mark and empty fields', () => {
  const seed = readSeed('\uFEFFid,text\r\n1,"a ""b"",\nc"\r\n2,\r\n', {});
  expect(seed.rows).toEqual([
    ['1', 'a "b",\nc'],
    ['2', null],
  ]);
});

it('infers the narrowest type that holds all values, unless one is given', () => {
  const text =
    'a,b,c,d,e,f,g,h\n1,1.5,true,2020-01-02,2020-01-02 03:04:05,x,12345678901,007\n2,3,false,2020-01-03,2020-01-02 03:04,1,1,1\n';
  expect(readSeed(text, { a: 'text' }).columns.map(({ type }) => type)).toEqual([
    'text',
    'numeric',
    'boolean',
    'date',
    'timestamp',
    'text',
    'bigint',
    'text',
  ]);
});

it('names the line of a row with fields too many, and of a quote never closed', () => {
  expect(() => readSeed('a,b\n1,2\n1,2,3\n', {})).toThrow('line 3 has 3 fields, the header 2');
  expect(() => readSeed('a\n"x\n', {})).toThrow('line 2: a quote is never closed');
});
