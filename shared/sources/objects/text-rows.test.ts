import { expect, test } from 'vitest';
import { csvRows } from './csv-rows.ts';
import { jsonRows } from './json-rows.ts';
import { ndjsonRows } from './ndjson-rows.ts';
import { MAX_ROW_LENGTH, type RawRow } from './raw-row.ts';
import { textOf } from './text-of.ts';

type Reader = (text: AsyncIterable<string>) => AsyncIterable<RawRow[]>;

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(reader: Reader, content: string | Uint8Array, size = 7): Promise<unknown[]> {
  const rows: unknown[] = [];
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for await (const batch of reader(textOf(inPieces(bytes, size))))
    rows.push(...batch.map(({ value }) => value));
  return rows;
}

const broken = (problem: string, row?: number) =>
  expect.objectContaining({ name: 'BrokenObject', problem, ...(row === undefined ? {} : { row }) });

/** A generator of numbers that gives the same ones each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

test.each<[string, Reader, string]>([
  ['ndjson', ndjsonRows, '{"a":"ü🙂","n":1.5}\n{"a":null}\n'],
  ['ndjson with CRLF and no end', ndjsonRows, '{"a":"ü🙂","n":1.5}\r\n\r\n{"a":null}'],
  ['ndjson with BOM', ndjsonRows, '\ufeff{"a":"ü🙂","n":1.5}\n{"a":null}\n'],
  ['an array', jsonRows, '[{"a":"ü🙂","n":1.5},{"a":null}]'],
  ['an array with BOM and space', jsonRows, '\ufeff \r\n[ {"a":"ü🙂","n":1.5} ,\n {"a":null} ] \n'],
  [
    'an object around an array',
    jsonRows,
    '{"run":{"x":[1,[2]]},"items":[{"a":"ü🙂","n":1.5},{"a":null}],"n":2}',
  ],
])('%s, in pieces of any size', async (_what, reader, content) => {
  for (const size of [1, 2, 3, 5, 1_000])
    expect(await read(reader, content, size)).toEqual([{ a: 'ü🙂', n: 1.5 }, { a: null }]);
});

test.each<[string, Reader, string]>([
  ['empty ndjson', ndjsonRows, ''],
  ['blank ndjson', ndjsonRows, '\n \r\n\n'],
  ['an empty array', jsonRows, ' [ ] '],
  ['an empty array in an object', jsonRows, '{"items": []}'],
  ['an empty csv', csvRows, ''],
  ['a csv of a BOM', csvRows, '\ufeff'],
  ['a csv of a header', csvRows, 'a,b\r\n'],
])('%s has no rows', async (_what, reader, content) => {
  expect(await read(reader, content)).toEqual([]);
});

test.each<[string, string, number | undefined]>([
  ['', 'truncated', undefined],
  ['[{"a":1}', 'truncated', undefined],
  ['[{"a":"x', 'truncated', undefined],
  ['[1,2', 'truncated', undefined],
  ['{"items":[1]', 'truncated', undefined],
  ['{}', 'no-array', undefined],
  ['{"a":{"items":[1]}}', 'no-array', undefined],
  ['"[1]"', 'no-array', undefined],
  ['12', 'no-array', undefined],
  ['{"a":[1],"b":[2]}', 'several-arrays', undefined],
  ['[1][2]', 'several-arrays', undefined],
  ['[1,]', 'not-json', 2],
  ['[,1]', 'not-json', 1],
  ['[1 2]', 'not-json', 1],
  ['[1}', 'not-json', 1],
  ['[{"a":1]}]', 'not-json', 1],
  ['[NaN]', 'not-json', 1],
  ['[1] x', 'not-json', undefined],
  ['{"a" [1]}', 'not-json', undefined],
  ['{"a":[1],}', 'not-json', undefined],
  ['[1]]', 'not-json', undefined],
])('of JSON %s it says %s', async (content, problem, row) => {
  for (const size of [1, 1_000])
    await expect(read(jsonRows, content, size)).rejects.toEqual(broken(problem, row));
});

test('elements come out of a document as the parser has them, wherever it is cut', async () => {
  const next = chance(7);
  const leaf = (): unknown =>
    [1, -2.5, true, null, '', 'a"b\\', '[{,}]', '\\"', 'ü🙂\n', { '}': [']'] }, [[], {}, ',']][next(11)];
  for (let round = 0; round < 300; round += 1) {
    const rows = Array.from({ length: next(6) }, leaf);
    const document =
      next(2) === 0 ? rows : { [`k"${round}`]: leaf() === null ? 1 : 'x]', rows, z: { y: [rows] } };
    const text = JSON.stringify(document, null, [undefined, 1, '\t'][next(3)]);
    expect(await read(jsonRows, text, 1 + next(9)), text).toEqual(rows);
  }
});

test('what the scanner accepts is what the parser accepts', async () => {
  const next = chance(11);
  const letters = '[]{},:" \\1a';
  for (let round = 0; round < 4_000; round += 1) {
    const text = Array.from({ length: 1 + next(9) }, () => letters[next(letters.length)]).join('');
    const rows = await read(jsonRows, text, 1 + next(4)).catch(() => undefined);
    if (rows !== undefined) expect(() => JSON.parse(text), text).not.toThrow();
    else if (isArray(text)) expect.fail(`${text} was refused`);
  }
});

function isArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

test('a line that is no JSON is named by its number', async () => {
  await expect(read(ndjsonRows, '{"a":1}\n\n{"a":\n')).rejects.toEqual(broken('not-json', 3));
  await expect(read(ndjsonRows, '{"a":1}\n{"a":1')).rejects.toEqual(broken('not-json', 2));
});

test.each<[string, unknown[]]>([
  ['a,b\n1,2\n', [{ a: '1', b: '2' }]],
  ['a,b\r\n1,2', [{ a: '1', b: '2' }]],
  [
    '\ufeffa,b\n1,\n,""\n',
    [
      { a: '1', b: null },
      { a: null, b: '' },
    ],
  ],
  ['"a ""1""",b\n"x\r\ny",","\r\n', [{ 'a "1"': 'x\r\ny', b: ',' }]],
  ['a,b\n\n1,2\r\n\r\n', [{ a: '1', b: '2' }]],
  ['a\n1\n""\n2\r\n', [{ a: '1' }, { a: '' }, { a: '2' }]],
  ['a,b\n x , y\r\n', [{ a: ' x ', b: ' y' }]],
  ['a,b\n1\r,2\n', [{ a: '1\r', b: '2' }]],
  ['a,b\n"1"\r\n'.replace('"1"', '"1","2"'), [{ a: '1', b: '2' }]],
  ['a,b\r\n1,\r\n', [{ a: '1', b: null }]],
])('csv %j', async (content, rows) => {
  for (const size of [1, 2, 3, 1_000]) expect(await read(csvRows, content, size)).toEqual(rows);
});

test('a column called __proto__ is a column', async () => {
  const [row] = await read(csvRows, '__proto__,a\n1,2\n');
  expect(Object.entries(row as object)).toEqual([
    ['__proto__', '1'],
    ['a', '2'],
  ]);
});

test.each<[string, string, number | undefined]>([
  ['a,a\n1,2\n', 'csv-header', undefined],
  ['a,\n1,2\n', 'csv-header', undefined],
  ['a,b\n1,2\n3\n', 'csv-width', 2],
  ['a,b\n1,2,3\n', 'csv-width', 1],
  ['a,b\n1,"2\n', 'truncated', undefined],
  ['a,b\n1,2"3\n', 'csv-quote', undefined],
  ['a,b\n1,"2"3\n', 'csv-quote', undefined],
  ['a,b\n1,"2"\r3\n', 'csv-quote', undefined],
])('of csv %j it says %s', async (content, problem, row) => {
  for (const size of [1, 1_000])
    await expect(read(csvRows, content, size)).rejects.toEqual(broken(problem, row));
});

test('csv comes out as it was written, wherever it is cut', async () => {
  const next = chance(3);
  const field = (): string | null =>
    [null, '', 'a', ' ', '"', '""', ',', '\n', '\r\n', 'ü🙂', 'x"y,z'][next(11)] ?? null;
  const quoted = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
  for (let round = 0; round < 200; round += 1) {
    const rows = Array.from({ length: next(5) }, () => ({ a: field(), b: field(), c: field() }));
    const lines = rows.map((row) => Object.values(row).map(quoted).join(','));
    const text = ['a,b,c', ...lines].join(next(2) === 0 ? '\n' : '\r\n');
    expect(await read(csvRows, text, 1 + next(6)), text).toEqual(rows);
  }
});

test.each<[string, Reader]>([
  ['json', jsonRows],
  ['ndjson', ndjsonRows],
  ['csv', csvRows],
])('bytes that are not UTF-8 end %s', async (_what, reader) => {
  for (const bytes of [
    [0xff, 0xfe, 0x5b, 0],
    [0x5b, 0xc3, 0x28],
    [0x5b, 0xc3],
  ])
    await expect(read(reader, Uint8Array.from(bytes), 1)).rejects.toEqual(broken('not-utf8'));
});

test.each<[string, Reader, string]>([
  ['a line', ndjsonRows, '"'],
  ['a field', csvRows, 'a\n"'],
  ['an element', jsonRows, '["'],
])('%s without end is not collected for ever', async (_what, reader, start) => {
  async function* endless(): AsyncGenerator<string> {
    yield start;
    for (let length = 0; length <= 2 * MAX_ROW_LENGTH; length += 1 << 20) yield 'x'.repeat(1 << 20);
  }
  const reading = (async () => {
    for await (const _ of reader(endless()));
  })();
  await expect(reading).rejects.toEqual(broken('row-too-long'));
});

test('rows come in batches', async () => {
  const sizes: number[] = [];
  const lines = Array.from({ length: 2_500 }, (_, n) => `{"n":${n}}\n`).join('');
  for await (const batch of ndjsonRows(textOf(inPieces(Buffer.from(lines), 1_000)))) sizes.push(batch.length);
  expect(sizes).toEqual([1_000, 1_000, 500]);
});
