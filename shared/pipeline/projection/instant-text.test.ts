import { describe, expect, test } from 'vitest';
import { HOSTILE_TEXTS } from '#test/support/hostile-values.ts';
import { isCanonical } from '../canonical-text.ts';
import { instantText, isDateText, timestampText } from './instant-text.ts';

describe('instants', () => {
  test.each([
    ['2026-11-01T08:00:00Z', '2026-11-01 08:00:00+00'],
    ['2026-11-01 08:00:00+00', '2026-11-01 08:00:00+00'],
    ['2026-11-01T08:00:00.500Z', '2026-11-01 08:00:00.5+00'],
    ['2026-11-01T08:00:00.000000Z', '2026-11-01 08:00:00+00'],
    ['2026-11-01T08:00:00.123456Z', '2026-11-01 08:00:00.123456+00'],
    ['2026-11-01T08:00:00.1234560Z', '2026-11-01 08:00:00.123456+00'],
    ['2026-11-01T08:00:00+02:00', '2026-11-01 06:00:00+00'],
    ['2026-11-01T08:00:00.25-0330', '2026-11-01 11:30:00.25+00'],
    ['2026-11-01T01:00:00+05', '2026-10-31 20:00:00+00'],
    ['2026-12-31T23:30:00-01:00', '2027-01-01 00:30:00+00'],
    ['2024-03-01T00:30:00+01:00', '2024-02-29 23:30:00+00'],
    ['1900-03-01T00:30:00+01:00', '1900-02-28 23:30:00+00'],
    ['0001-01-01T01:00:00+01:00', '0001-01-01 00:00:00+00'],
  ])('%s is %s', (text, canonical) => {
    expect(instantText(text)).toBe(canonical);
    expect(isCanonical({ kind: 'timestamptz' }, canonical)).toBe(true);
  });

  test.each([
    ...[
      '2026-11-01T08:00:00',
      '2026-11-01',
      '2026-11-01T08:00Z',
      '2026-11-01T08:00:00z',
      '2026-11-01t08:00:00Z',
    ],
    ...['2026-11-01T24:00:00Z', '2026-11-01T08:60:00Z', '2026-11-01T08:00:60Z', '2026-02-29T08:00:00Z'],
    ...[
      '2026-11-01T08:00:00.Z',
      '2026-11-01T08:00:00.1234567Z',
      '2026-11-01T08:00:00Z ',
      '2026-11-01T08:00:00+24:00',
    ],
    ...[
      '2026-11-01T08:00:00+2',
      '2026-11-01T08:00:00+020',
      '2026-11-01T08:00:00+02:0',
      '+026-11-01T08:00:00Z',
    ],
    ...[
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00+01:00',
      '9999-12-31T23:00:00-02:00',
      '٢٠٢٦-11-01T08:00:00Z',
      '',
    ],
  ])('%s is none', (text) => {
    expect(instantText(text)).toBeUndefined();
  });

  test('any moment in any offset is what Date makes of it', () => {
    for (let i = 0; i < 3000; i += 1) {
      const at = new Date(Math.floor((Math.random() - 0.9) * 6e13) + 1.8e12);
      const minutes = Math.floor(Math.random() * 1800) - 900;
      const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const [sign, all] = [minutes < 0 ? '-' : '+', Math.abs(minutes)];
      const padded = (n: number): string => String(n).padStart(2, '0');
      const text = `${local}${sign}${padded(Math.floor(all / 60))}:${padded(all % 60)}`;
      expect(instantText(text), text).toBe(instantText(at.toISOString()));
    }
  });
});

test('dates and times without zone', () => {
  expect(timestampText('2026-11-01T08:00:00.10')).toBe('2026-11-01 08:00:00.1');
  expect(timestampText('2026-11-01T08:00:00Z')).toBeUndefined();
  for (const text of HOSTILE_TEXTS) expect(isDateText(text), text).toBe(isCanonical({ kind: 'date' }, text));
  const canonical = HOSTILE_TEXTS.filter((text) => isCanonical({ kind: 'timestamp' }, text));
  expect(canonical.map(timestampText)).toEqual(canonical);
});
