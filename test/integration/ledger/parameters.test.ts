import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonParam } from '#shared/ledger/json.ts';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { type LedgerFixture, ledgerFixture } from './ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await ledgerFixture();
});
afterAll(() => fixture.close());

const TEXTS = [...HOSTILE_TEXTS, '\\u0000', 'a\\nb', '{"a":"\\n"}', '\\"', 'NULL', 'null', '\u007f', '"\\'];
const kept = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

test('lists of texts come through as they are, alone and together', async () => {
  const texts = TEXTS.filter(kept);
  const given = [texts, [null, ...texts, null], [], ...texts.map((text) => [text]), [[texts[0]], [texts[1]]]];
  for (const values of given) {
    const [row] = await fixture.ledger.rows<{ v: unknown }>('SELECT $1::text[] AS v', [values]);
    expect(row?.v).toEqual(values);
  }
});

test('lists of numbers, truth values and instants come through as they are', async () => {
  const at = new Date('2026-11-22T10:00:00.123Z');
  const [row] = await fixture.ledger.rows(
    `SELECT $1::int[] AS ints, $2::text[] AS longs, $3::boolean[] AS flags, (SELECT max(at) = '2026-11-22T10:00:00.123Z' FROM unnest($4::timestamptz[]) AS at) AS times,
       $5::float8[] AS floats`,
    [
      [1, -2, null, 0],
      [String(2n ** 62n), '-5', null],
      [true, false, null],
      [at, null],
      [0.5, 1e300, null],
    ],
  );
  expect(row).toEqual({
    ints: [1, -2, null, 0],
    longs: [String(2n ** 62n), '-5', null],
    flags: [true, false, null],
    times: true,
    floats: [0.5, 1e300, null],
  });
});

test('what jsonb would refuse is replaced, and all else is kept', async () => {
  for (const text of TEXTS) {
    const value = { [text]: [text, { text }] };
    const [row] = await fixture.ledger.rows<{ v: unknown }>('SELECT $1::jsonb AS v', [jsonParam(value)]);
    const clean = text.toWellFormed().replaceAll('\u0000', '\uFFFD');
    expect(row?.v).toEqual({ [clean]: [clean, { text: clean }] });
  }
});
