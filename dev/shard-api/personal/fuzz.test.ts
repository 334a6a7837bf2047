import { expect, test } from 'vitest';
import { deviceState } from '../fleet/device-state.ts';
import type { Json, JsonObject } from '../json.ts';
import { fuzzBody, fuzzHeaders } from './fuzz.ts';
import { MARK_PATTERN } from './mark.ts';
import { answerDraw } from './of-error.ts';

const ADDRESS = { customer_id: 'c-00001', site_id: 'st-1-1', room_id: 'rm-1-1' };
const body: JsonObject = {
  items: [1, 2, 3].map((device) => deviceState(7, device, Date.UTC(2026, 5, 1), ADDRESS)),
  next_cursor: null,
};
const fuzzed = (nth: number): JsonObject => JSON.parse(JSON.stringify(fuzzBody(answerDraw(7, nth), body)));

/** Everything of `original` stands in `found` at the same place, unchanged. */
function expectKept(found: Json | undefined, original: Json): void {
  if (original === null || typeof original !== 'object') return void expect(found).toBe(original);
  if (Array.isArray(original)) expect(found).toHaveLength(original.length);
  for (const [key, value] of Object.entries(original)) {
    expect(Object.hasOwn(found as JsonObject, key)).toBe(true);
    expectKept((found as JsonObject)[key], value);
  }
}

test('secrets come on top: nothing that was there changes', () => {
  for (let nth = 0; nth < 200; nth += 1) {
    const found = fuzzed(nth);
    expectKept(found, body);
    const added = JSON.stringify(found).length - JSON.stringify(body).length;
    expect(added).toBeGreaterThan(0);
  }
});

test('one answer is fuzzed the same way twice, another one differently', () => {
  expect(fuzzed(1)).toEqual(fuzzed(1));
  expect(fuzzed(2)).not.toEqual(fuzzed(1));
});

test('every kind of foreign key turns up, at every depth', () => {
  const texts = Array.from({ length: 400 }, (_, nth) => JSON.stringify(fuzzed(nth)));
  const all = texts.join('\n');
  for (const key of ['__proto__', 'constructor', 'sensors.temperature', 'Device_ID', 'shadow', '""', '"0"']) {
    expect(all, key).toContain(key);
  }
  expect(all).toMatch(/"PII-[0-9a-f]{12}":\["PII-/);
  expect(all).toMatch(/"battery":\{[^}]*"(shadow|mirror|note|Device_ID)":/);
});

test('headers carry marks as values and in a name', () => {
  const headers = fuzzHeaders(answerDraw(7, 1));
  for (const value of Object.values(headers)) expect(value).toMatch(MARK_PATTERN);
  expect(Object.keys(headers).some((name) => MARK_PATTERN.test(name.toLowerCase()))).toBe(true);
});
