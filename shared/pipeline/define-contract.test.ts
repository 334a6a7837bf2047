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

function nested(depth: number): f.JsonShape {
  return f.object(depth === 1 ? { leaf: f.text() } : { a: nested(depth - 1) });
}

const manyKeys = (count: number): [string, f.Field][] =>
  Array.from({ length: count }, (_, i) => [`key_${i}`, f.text()]);

describe('defineContract', () => {
  test('freezes what it returns, down to the lists', () => {
    const contract = defineContract({ ...valid, fields: { id: f.int64({ oneOf: ['1'] }) } });
    expect(Object.isFrozen(contract)).toBe(true);
    expect(Object.isFrozen(contract.key)).toBe(true);
    expect(Object.isFrozen(contract.fields)).toBe(true);
    expect(Object.isFrozen(contract.fields['id']?.type)).toBe(true);
    expect(Object.isFrozen(contract.fields['id']?.checks.oneOf)).toBe(true);
  });

  test('freezes shapes at every depth', () => {
    const state = f.shapedJson({ inner: { keys: { note: f.text({ oneOf: ['a'] }) } } });
    const shape = defineContract({ ...valid, fields: { id: f.int64(), state } }).fields['state']?.shape;
    const inner = shape?.keys['inner'];
    const note = inner !== undefined && f.isShape(inner) ? inner.keys['note'] : undefined;
    const parts = [
      shape,
      shape?.keys,
      inner,
      note,
      note !== undefined && !f.isShape(note) && note.checks.oneOf,
    ];
    for (const part of parts) expect(part !== undefined && Object.isFrozen(part)).toBe(true);
  });

  test.each([
    ['is empty', f.shapedJson({})],
    ['s: shape a is empty', f.shapedJson({ a: f.object({}) })],
    ['s: shape a.b: precision 39', f.shapedJson({ a: f.object({ b: f.decimal(39, 0) }) })],
    ['s: shape a: type json is not for leaves', f.shapedJson({ a: f.json() })],
    ['s: shape a: type bytes is not for leaves', f.shapedJson({ a: f.bytes() })],
    ['s: shape a: type array of json is not for leaves', f.shapedJson({ a: f.array({ kind: 'json' }) })],
    ['s: shape a is shaped itself', f.shapedJson({ a: f.shapedJson({ b: f.text() }) })],
    ['s: shape a: type int32 cannot be hashed', f.shapedJson({ a: { ...f.int32(), hashed: true } })],
    ['"1" is not a key', f.shapedJson({ 1: f.text() })],
    ['"a.b" is not a key', f.shapedJson({ 'a.b': f.text() })],
    ['"__proto__" is not a key', f.shapedJson({ ['__proto__']: f.text() })],
    ['s: type text takes no shape', { ...f.text(), shape: f.object({ a: f.text() }) }],
    ['s: type int64 cannot be hashed', { ...f.int64(), hashed: true }],
    ['deeper than 16 objects', f.shapedJson({ a: nested(16) })],
    ['more than 1000 keys', f.shapedJson(Object.fromEntries(manyKeys(1001)))],
  ])('refuses a shape or hash: %s', (problem, s) => {
    expect(problemsOf({ ...valid, fields: { id: f.int64(), s } })).toContain(problem);
  });

  test('takes shapes of every leaf there is', () => {
    const leaves = {
      ...{
        a: f.text({ maxLength: 3 }),
        b: f.hashedText(),
        c: f.int32(),
        d: f.int64(),
        e: f.float64(),
        g: f.boolean(),
      },
      ...{
        h: f.date(),
        i: f.timestamp(),
        j: f.timestamptz(),
        k: f.decimal(5, 2),
        l: f.uuid(),
        m: f.array({ kind: 'date' }),
      },
      n: nested(15),
    };
    const fields = { id: f.int64(), email: f.hashedText({ nullable: true }), s: f.shapedJson(leaves) };
    expect(problemsOf({ ...valid, fields })).toBe('');
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

  const shaped = defineContract({
    ...valid,
    fields: {
      id: f.int64(),
      hash: f.hashedText({ nullable: true, maxLength: 3 }),
      s: f.shapedJson({
        on: f.boolean({ nullable: true }),
        at: f.object({ t: f.float64({ max: '9' }), n: f.int64({ nullable: true }) }),
        d: f.decimal(30, 2, { nullable: true }),
        l: f.array({ kind: 'int32' }, { nullable: true }),
      }),
    },
  });
  const judged = (s: string | null, hash: string | null = null) => rowJudge(shaped)({ id: '1', hash, s });

  test.each([
    ['{"x":1,"at":{"t":1.50,"y":{"z":2}},"on":null}', '{"on":null,"at":{"t":1.50}}'],
    [' {"d" : 123456789012345678901234.10 , "at":{"t":0,"n":9223372036854775807}}', undefined],
    ['{"at":{"t":1},"l":[1,null],"__proto__":{"on":true}}', '{"at":{"t":1},"l":[1,null]}'],
    ['{"at":{"t":1},"at":{"t":2}}', '{"at":{"t":2}}'],
  ])('shaped JSON is judged key by key, and the others are dropped: %s', (s, expected) => {
    const text = expected ?? '{"at":{"t":0,"n":9223372036854775807},"d":123456789012345678901234.10}';
    expect(judged(s)).toEqual({ ok: true, row: { id: '1', hash: null, s: text } });
  });

  test.each([
    [null, 's', 'required'],
    ['{', 's', 'type'],
    ['[]', 's', 'type'],
    ['5', 's', 'type'],
    ['null', 's.at.t', 'required'],
    ['{}', 's.at.t', 'required'],
    ['{"at":null}', 's.at.t', 'required'],
    ['{"at":5}', 's.at', 'type'],
    ['{"at":{"t":"1"}}', 's.at.t', 'type'],
    ['{"at":{"t":10}}', 's.at.t', 'max'],
    ['{"at":{"t":1,"n":9223372036854775808}}', 's.at.n', 'type'],
    ['{"at":{"t":1,"n":1.0}}', 's.at.n', 'type'],
    ['{"at":{"t":1},"d":1.555}', 's.d', 'type'],
    ['{"at":{"t":1},"l":[1,"2"]}', 's.l', 'type'],
    ['{"on":"true","at":{"t":10}}', 's.on', 'type'],
  ])('shaped JSON %j fails at %s by %s', (s, column, code) => {
    expect(judged(s)).toEqual({ ok: false, column, code });
  });

  test('a landed hash is 64 digits, whatever the text before had to be', () => {
    const s = '{"at":{"t":1}}';
    expect(judged(s, 'a1'.repeat(32))).toMatchObject({ ok: true });
    for (const wrong of ['abc', 'A1'.repeat(32), `${'a1'.repeat(32)}\n`, 'maria@example.org'])
      expect(judged(s, wrong)).toEqual({ ok: false, column: 'hash', code: 'type' });
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

  test('changes with hashes and with the keys within shaped JSON, not with their checks', () => {
    const shaped = (keys: f.JsonShape['keys']): string => fingerprint({ ...base, s: f.shapedJson(keys) });
    const all = [
      fingerprint({ ...base, s: f.json() }),
      fingerprint({ ...base, s: f.text() }),
      fingerprint({ ...base, s: f.hashedText() }),
      shaped({ a: f.text() }),
      shaped({ a: f.hashedText() }),
      shaped({ a: f.text({ nullable: true }) }),
      shaped({ b: f.text() }),
      shaped({ a: f.text(), b: f.text() }),
      shaped({ b: f.text(), a: f.text() }),
      shaped({ a: f.object({ b: f.text() }) }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(shaped({ a: f.text({ maxLength: 3, description: 'x' }) })).toBe(shaped({ a: f.text() }));
  });

  test('does not change with checks, descriptions and version', () => {
    const same = { id: f.int64({ min: '0', description: 'x' }), amount: base.amount };
    expect(fingerprint(same, 2)).toBe(fingerprint(base));
  });
});
