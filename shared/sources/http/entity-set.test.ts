import { expect, test } from 'vitest';
import { seededRandom } from '#test/support/seeded-random.ts';
import { EntitySet } from './entity-set.ts';

test('each text is in it once, however many there are and whatever they begin or end with', () => {
  const random = seededRandom(20_261_126);
  const [set, expected] = [new EntitySet(), new Set<string>()];
  for (let i = 0; i < 20_000; i += 1) {
    const text = `${['', 'd-', 'é', '👩'][i % 4]}${Math.floor(random() * 8_000)}${i % 3 === 0 ? '\u0000' : ''}`;
    expect(set.addText(text)).toBe(!expected.has(text));
    expected.add(text);
  }
  expect(set.size).toBe(expected.size);
  for (const text of expected) expect(set.has(text)).toBe(true);
  for (const text of ['', 'x', 'd-', 'd-8000', '1 ']) expect(set.has(text)).toBe(expected.has(text));
});

test('texts among other bytes are the same as texts, and texts of one hash are told apart', () => {
  const set = new EntitySet();
  const bytes = Buffer.from('..costarring..liquid..costarring');
  // Of one FNV-1a hash.
  expect(set.add(bytes, 2, 12)).toBe(true);
  expect(set.add(bytes, 14, 20)).toBe(true);
  expect(set.add(bytes, 22, 32)).toBe(false);
  expect(set.addText('liquid')).toBe(false);
  expect(set.addText('')).toBe(true);
  expect(set.addText('')).toBe(false);
  expect(set.size).toBe(3);
});

test('two entities that share all 32 bits of the hash both stay', () => {
  const set = new EntitySet();
  for (const text of ['declinate', 'macallums', 'altarage', 'zinke']) expect(set.addText(text)).toBe(true);
  for (const text of ['declinate', 'macallums', 'altarage', 'zinke']) expect(set.has(text)).toBe(true);
});
