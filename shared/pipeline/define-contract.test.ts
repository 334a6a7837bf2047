import { describe, expect, test } from 'vitest';
import { contractFingerprint } from './contract-fingerprint.ts';
import { contractZod, rowJudge } from './contract-zod.ts';
import { defineContract } from './define-contract.ts';
import * as f from './field.ts';

const valid = { version: 1, key: ['id'], fields: { id: f.int64() } };

function problemsOf(contract: Parameters<typeof defineContract>[0]): string {
  try {
    defineContract(contract);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('defineContract', () => {
  test('freezes what it returns, down to the lists', () => {
    const contract = defineContract({ ...valid, fields: { id: f.int64({ oneOf: ['1'] }) } });
    expect(Object.isFrozen(contract)).toBe(true);
    expect(Object.isFrozen(contract.key)).toBe(true);
    expect(Object.isFrozen(contract.fields)).toBe(true);
    expect(Object.isFrozen(contract.fields['id']?.type)).toBe(true);
    expect(Object.isFrozen(contract.fields['id']?.checks.oneOf)).toBe(true);
  });

  test('names every problem at once', () => {
    const message = problemsOf({
      version: 0,
      key: ['id', 'id', 'gone', 'note', 'toString'],
      fields: {
        id: f.int64({ min: '2', max: '1' }),
        note: f.text({ nullable: true, pattern: 'x' }),
        Bad: f.text(),
        _cursor: f.int64(),
        amount: f.decimal(39, 2),
        share: f.decimal(4, 5),
        day: f.date({ min: '2021-02-29' }),
        flag: f.boolean({ oneOf: ['t'] }),
        name: f.text({ minLength: 3, maxLength: 2, min: '1' }),
      },
    });
    for (const part of [
      ...[
        'version',
        'key names a field twice',
        '"gone"',
        '"toString"',
        'note is nullable',
        'id: min is above max',
      ],
      ...['note: pattern is not anchored', '"Bad"', '"_cursor"', 'amount: precision 39', 'share: scale 5'],
      ...[
        'day: min is not a value',
        'flag: type boolean takes no oneOf',
        'name: minLength is above',
        'name: type text takes no min',
      ],
    ])
      expect(message).toContain(part);
  });

  test.each([
    ['an empty key', { ...valid, key: [] }],
    ['no fields', { ...valid, key: [], fields: {} }],
    ['a name of 64 bytes', { ...valid, fields: { id: f.int64(), ['a'.repeat(64)]: f.text() } }],
    [
      'a bad element type',
      { ...valid, fields: { id: f.int64(), a: f.array({ kind: 'decimal', precision: 0, scale: 0 }) } },
    ],
    [
      'a check on an array',
      { ...valid, fields: { id: f.int64(), a: f.array({ kind: 'text' }, { maxLength: 3 }) } },
    ],
    ['a lenient bound', { ...valid, fields: { id: f.int64({ min: '1e3' }) } }],
    ['an infinite bound', { ...valid, fields: { id: f.int64(), x: f.float64({ max: 'Infinity' }) } }],
    ['an empty list', { ...valid, fields: { id: f.int64(), s: f.text({ oneOf: [] }) } }],
  ])('refuses %s', (_, contract) => {
    expect(problemsOf(contract)).toContain('A contract is wrong');
  });

  test.each([
    ...[
      '^a.c$',
      '^\\s$',
      '^\\bx$',
      '^(?=x)x$',
      '^(?<n>x)$',
      '^(x)\\1$',
      '^\\p{L}$',
      '^[[:alpha:]]$',
      '^x{1001}$',
      '^x{2,1001}$',
    ],
    ...[
      '^(x$',
      '^x**$',
      '^[z-a]$',
      '^x$y$',
      '^^x$',
      '^\\x41$',
      '^\\u0041$',
      '^[]$',
      '^{$',
      '^*$',
      'x$',
      '^x',
      '^',
    ],
  ])('refuses the pattern %s', (pattern) => {
    expect(problemsOf({ ...valid, fields: { id: f.int64(), s: f.text({ pattern }) } })).toContain(
      's: pattern',
    );
  });

  test.each([
    '^$',
    '^[0-9]{14}$',
    '^a|b$',
    '^(?:a|b)+c?$',
    '^\\d{2,}[^\\w-]*$',
    '^[A-Z]{2}\\.\\$é👩$',
    '^x{1000}$',
  ])('takes the pattern %s', (pattern) => {
    expect(problemsOf({ ...valid, fields: { id: f.int64(), s: f.text({ pattern }) } })).toBe('');
  });
});

describe('rows', () => {
  const contract = defineContract({
    ...valid,
    fields: { id: f.int64(), note: f.text({ nullable: true, maxLength: 2 }) },
  });

  test('keys outside the contract are dropped', () => {
    const row = { id: '1', note: null, email: 'a@example.org' };
    expect(contractZod(contract).parse(row)).toEqual({ id: '1', note: null });
    expect(rowJudge(contract)(row)).toEqual({ ok: true, row: { id: '1', note: null } });
  });

  test.each([
    [{ id: null, note: 'xyz' }, 'id', 'required'],
    [{ id: '1', note: 'xyz' }, 'note', 'max-length'],
    [{ id: 1, note: null }, 'id', 'type'],
    [{ id: '1' }, 'note', 'type'],
    [{ id: '1', note: '\ud800' }, 'note', 'type'],
    [{ id: '1', note: {} }, 'note', 'type'],
  ])('%j fails at %s by %s', (row, column, code) => {
    expect(rowJudge(contract)(row)).toEqual({ ok: false, column, code });
  });

  test('an issue never holds a value', () => {
    const result = contractZod(contract).safeParse({ id: 'secret-a', note: 'secret-b' });
    expect(JSON.stringify(result.error?.issues)).not.toContain('secret');
  });
});

describe('contractFingerprint', () => {
  const fingerprint = (fields: Record<string, f.Field>, version = 1) =>
    contractFingerprint(defineContract({ version, key: ['id'], fields }));
  const base = { id: f.int64(), amount: f.decimal(10, 2, { nullable: true }) };

  test('is stable across releases', () => {
    expect(fingerprint(base)).toBe('0cb494257e49f9efcb416f47303afb32ddb4919d2485065f27362f90be2284bf');
  });

  test('changes with names, types, nullability and order', () => {
    const others = [
      { id: f.int64(), total: f.decimal(10, 2, { nullable: true }) },
      { id: f.int64(), amount: f.decimal(11, 2, { nullable: true }) },
      { id: f.int64(), amount: f.decimal(10, 2) },
      { amount: f.decimal(10, 2, { nullable: true }), id: f.int64() },
      { ...base, tags: f.array({ kind: 'text' }) },
    ];
    const all = [base, ...others].map((fields) => fingerprint(fields));
    expect(new Set(all).size).toBe(all.length);
  });

  test('does not change with checks, descriptions and version', () => {
    const same = { id: f.int64({ min: '0', description: 'x' }), amount: base.amount };
    expect(fingerprint(same, 2)).toBe(fingerprint(base));
  });
});
