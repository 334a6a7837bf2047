import { describe, expect, test } from 'vitest';
import { valueCheck } from './check-value.ts';
import { contractAsOf, keptFrom } from './contract-as-of.ts';
import { contractFingerprint } from './contract-fingerprint.ts';
import { defineContract } from './define-contract.ts';
import * as f from './field.ts';

const TODAY = { asOf: '2026-03-31', now: new Date('2026-04-01T09:30:15.250Z') };
const WINDOW = { maxAgeMonths: 13, maxAheadDays: 1 };
const contract = defineContract({
  version: 3,
  key: ['id'],
  fields: {
    id: f.text(),
    day: f.date({ ...WINDOW, nullable: true }),
    at: f.timestamptz(WINDOW),
    wall: f.timestamp(WINDOW),
    narrow: f.date({ ...WINDOW, min: '2026-01-01', max: '2026-02-01' }),
    wide: f.date({ ...WINDOW, min: '1900-01-01', max: '2100-01-01' }),
    ahead: f.date({ maxAheadDays: 0 }),
    old: f.date({ maxAgeMonths: 0 }),
  },
});
const { fields } = contractAsOf(contract, TODAY);
const codeOf = (name: string, text: string) => valueCheck(fields[name] as f.Field)(text);

describe('bounds that depend on today', () => {
  test.each([
    // The month in which 13 months before the run's date lie is kept whole.
    ['day', '2025-02-01', undefined],
    ['day', '2025-01-31', 'min'],
    ['day', '2026-04-02', undefined],
    ['day', '2026-04-03', 'max'],
    ['at', '2025-02-01 00:00:00+00', undefined],
    ['at', '2025-01-31 23:59:59.999999+00', 'min'],
    ['at', '2026-04-02 09:30:15+00', undefined],
    ['at', '2026-04-02 09:30:16+00', 'max'],
    ['wall', '2025-02-01 00:00:00', undefined],
    ['wall', '2026-04-02 09:30:16', 'max'],
    ['narrow', '2025-12-31', 'min'],
    ['narrow', '2026-02-02', 'max'],
    ['wide', '2025-01-31', 'min'],
    ['wide', '2026-04-03', 'max'],
    ['ahead', '2026-04-01', undefined],
    ['ahead', '2026-04-02', 'max'],
    ['ahead', '0001-01-01', undefined],
    ['old', '2026-03-01', undefined],
    ['old', '2026-02-28', 'min'],
    ['old', '9999-12-31', undefined],
  ])('%s %s is %s', (name, text, code) => {
    expect(codeOf(name, text)).toBe(code);
  });

  test('all else stays, the fingerprint of files too', () => {
    const { version, key } = contractAsOf(contract, TODAY);
    expect({ version, key }).toEqual({ version: 3, key: ['id'] });
    expect(fields['id']).toBe(contract.fields['id']);
    expect(fields['day']).toMatchObject({ nullable: true, description: '', type: { kind: 'date' } });
    expect(contractFingerprint(contractAsOf(contract, TODAY))).toBe(contractFingerprint(contract));
  });

  test('what is kept begins with a month', () => {
    const { id, day, old } = contract.fields;
    if (id === undefined || day === undefined || old === undefined) throw new Error('the contract has them');
    expect(keptFrom(id, '2026-03-31')).toBeUndefined();
    expect(keptFrom(day, '2026-01-01')).toBe('2024-12-01');
    expect(keptFrom(old, '2026-12-31')).toBe('2026-12-01');
  });
});

describe('their declaration', () => {
  const problems = (field: f.Field): string => {
    try {
      defineContract({ version: 1, key: ['id'], fields: { id: f.text(), field } });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  test.each([
    [f.text({ maxAheadDays: 1 }), 'field: type text takes no maxAgeMonths or maxAheadDays'],
    [f.date({ maxAgeMonths: 1.5 }), 'field: maxAgeMonths is not a whole number of 0 to 12000'],
    [f.date({ maxAheadDays: -1 }), 'field: maxAheadDays is not a whole number of 0 to 12000'],
    [
      f.shapedJson({ day: f.date({ maxAheadDays: 1 }) }),
      'field: shape day: maxAgeMonths and maxAheadDays are for columns',
    ],
  ])('%#: %s', (field, problem) => {
    expect(problems(field)).toContain(problem);
  });
});
