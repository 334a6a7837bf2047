import { expect, test } from 'vitest';
import { RowScanner } from './row-scanner.ts';

const facts = { shard: 's1', endpoint: '/v1' };
const limits = { elementBytes: 10_000, envelopeBytes: 10_000 };

function scan(text: string | Buffer, keys: readonly string[], sizes: () => number, given = limits) {
  const scanner = new RowScanner(keys, given, facts);
  const bytes = Buffer.from(text);
  const rows: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = sizes();
    // A chunk is reused by whoever gave it: nothing of it may be held on to.
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    rows.push(...scanner.push(chunk));
    at += size;
  }
  return { rows, envelope: scanner.end() };
}

/** Numbers that look random and are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const STRINGS = ['', 'a', '"', '\\', '\\"', 'x\\', ']', '},{', '[', 'items', 'ü€😀', '\n\t', '\u0000', '":['];

function valueBy(next: () => number, depth: number): unknown {
  const kind = Math.floor(next() * (depth > 3 ? 4 : 6));
  if (kind === 0) return STRINGS[Math.floor(next() * STRINGS.length)];
  if (kind === 1) return Math.round((next() - 0.5) * 1e6) / 100;
  if (kind === 2) return [true, false, null, 0, -1, 1e21][Math.floor(next() * 6)];
  if (kind === 3) return next();
  const count = Math.floor(next() * 4);
  if (kind === 4) return Array.from({ length: count }, () => valueBy(next, depth + 1));
  const keys = Array.from(
    { length: count },
    (_, index) => `${STRINGS[Math.floor(next() * STRINGS.length)]}${index}`,
  );
  return Object.fromEntries(keys.map((key) => [key, valueBy(next, depth + 1)]));
}

test('2,000 texts in chunks of any size give what a parser gives', () => {
  const next = random(42);
  for (let round = 0; round < 2_000; round += 1) {
    const items = Array.from({ length: Math.floor(next() * 6) }, () => valueBy(next, 0));
    const around = {
      before: valueBy(next, 1),
      data: { x: valueBy(next, 2), items, y: 1 },
      items: 'not these',
      after: valueBy(next, 1),
    };
    const text = JSON.stringify(around, null, next() < 0.5 ? 2 : 0);
    const scanned = scan(text, ['data', 'items'], () => 1 + Math.floor(next() * 40));
    expect(scanned.rows).toEqual(items);
    expect(scanned.envelope).toEqual({ ...around, data: { ...around.data, items: [] } });
  }
});

test('the text may be the array, and keys may be escaped', () => {
  expect(scan(' [ 1 , "a" , {} ] ', [], () => 1)).toEqual({ rows: [1, 'a', {}], envelope: [] });
  expect(scan('{"it\\u0065ms":[1]}', ['items'], () => 3).rows).toEqual([1]);
});

test('arrays of the same name elsewhere are not taken', () => {
  const text = '{"a":{"items":[9]},"b":[{"items":[8]},["items",[7]]],"items":[1]}';
  expect(scan(text, ['items'], () => 2).rows).toEqual([1]);
});

const broken = [
  '{"items":[1,2',
  '{"items":[{"a":1}',
  '{"items":["abc',
  '{"items":[1,2]',
  '{"items":[1,,2]}',
  '{"items":[1,]}',
  '{"items":[,1]}',
  '{"items":[1 2]}',
  '{"items":[{"a":1}{"b":2}]}',
  '{"items":[NaN]}',
  '{"items":[{"a":NaN}]}',
  '{"items":[Infinity]}',
  '{"items":[tru]}',
  '{"items":[}]}',
  '{"items":[{]}]}',
  '{"items":[1]}garbage',
  '{"items":[1]} {}',
  '{"items":[1],}',
  '{"items":[1],"x":NaN}',
  '{"items":[1],"items":[2]}',
  '{"items":[1]]',
  'MARK',
];

test.each(broken)('%s is malformed, as a parser says, and is not quoted', (text) => {
  const sure = text.includes('"items":[2]');
  if (!sure) expect(() => JSON.parse(text)).toThrow();
  for (const size of [1, 3, 1_000]) {
    expect(() => scan(text, ['items'], () => size)).toThrow(
      expect.objectContaining({ code: 'HTTP_MALFORMED_BODY' }),
    );
    expect(() => scan(text, ['items'], () => size)).not.toThrow(/NaN|garbage|MARK|tru/);
  }
});

test('bytes that are no UTF-8 are malformed, in a row and around the rows', () => {
  const bad = Buffer.from([0xff]);
  const inRow = Buffer.concat([Buffer.from('{"items":["'), bad, Buffer.from('"]}')]);
  const around = Buffer.concat([Buffer.from('{"items":[],"x":"'), bad, Buffer.from('"}')]);
  for (const text of [inRow, around]) {
    expect(() => scan(text, ['items'], () => 5)).toThrow(
      expect.objectContaining({ code: 'HTTP_MALFORMED_BODY' }),
    );
  }
});

test('rows that are not where they are declared are an unexpected shape', () => {
  for (const text of ['{}', '{"item":[1]}', '{"items":{"a":[1]}}', '{"items":null}', '[1]', '"x"']) {
    expect(() => scan(text, ['items'], () => 4)).toThrow(
      expect.objectContaining({ code: 'HTTP_UNEXPECTED_SHAPE' }),
    );
  }
});

test('an element or what stands around the rows may not grow without end', () => {
  const long = 'x'.repeat(10_000);
  const tooLarge = expect.objectContaining({ code: 'HTTP_ROW_TOO_LARGE', retry: 'terminal' });
  expect(() => scan(`{"items":["${long}`, ['items'], () => 64)).toThrow(tooLarge);
  expect(() => scan(`{"a":"${long}`, ['items'], () => 64)).toThrow(tooLarge);
  expect(() => scan(`{"items":[],"a":"${long}`, ['items'], () => 64)).toThrow(tooLarge);
  expect(scan(`{"items":["${long.slice(2)}"]}`, ['items'], () => 64).rows).toHaveLength(1);
});
