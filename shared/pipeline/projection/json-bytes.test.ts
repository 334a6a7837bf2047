import { expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { JsonBytes } from './json-bytes.ts';

function numberText(value: number): string {
  const out = new JsonBytes();
  out.number(value);
  return out.text();
}

const EDGES = [
  ...[0, -0, 1, -1, 9, 10, 99, 100, 12345, 2147483647, 2147483648, -2147483647, -2147483648, -2147483649],
  ...[
    0.5, -0.5, 0.05, -0.05, 21.5, 0.1, 0.001, 0.0001, 0.00001, 1.0001, 214748364.7, 214748364.8, -214748.3648,
  ],
  ...[
    9007199254740991,
    1e21,
    1e-7,
    5e-324,
    1.7976931348623157e308,
    0.1 + 0.2,
    1 / 3,
    123456.7891,
    99.9999,
    1.005,
  ],
];

test('numbers are written as JavaScript writes them', () => {
  for (const value of EDGES) expect(numberText(value)).toBe(String(value));
  for (let i = 0; i < 20_000; i += 1) {
    const size = 10 ** Math.floor(Math.random() * 12);
    const value = (Math.random() - 0.5) * size;
    const decimals = 10 ** Math.floor(Math.random() * 7);
    for (const one of [value, Math.round(value * decimals) / decimals])
      expect(numberText(one)).toBe(String(one));
  }
});

test('strings are written as JSON.stringify does, or not at all', () => {
  const out = new JsonBytes();
  for (const text of [
    ...HOSTILE_TEXTS,
    'a"b',
    'a\\b',
    '\u007f',
    '\u0080',
    'é'.repeat(70),
    '\ud83d',
    '\udc00x',
  ]) {
    out.clear();
    out.ascii('[');
    const written = out.string(text);
    expect(written, JSON.stringify(text)).toBe(text.isWellFormed() && !text.includes('\u0000'));
    expect(out.text()).toBe(written ? `[${JSON.stringify(text)}` : '[');
  }
});

test('grows, and starts anew', () => {
  const out = new JsonBytes();
  for (let i = 0; i < 3000; i += 1) out.fragment(Buffer.from('abc'));
  expect(out.text()).toBe('abc'.repeat(3000));
  out.clear();
  out.string('é'.repeat(30_000));
  expect(out.text()).toBe(JSON.stringify('é'.repeat(30_000)));
});

test('a text of Latin-1 before one beyond it', () => {
  const out = new JsonBytes();
  out.string('ä');
  out.string('👩');
  expect(out.text()).toBe('"ä""👩"');
});
