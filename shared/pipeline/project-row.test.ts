import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Contract } from './contract.ts';
import { defineContract } from './define-contract.ts';
import * as f from './field.ts';
import { compileProjection, type Projection, type ProjectionSpec } from './project-row.ts';
import { recordDroppedKeys } from './projection/dropped-keys.ts';

const N = { nullable: true } as const;
const contract = defineContract({
  version: 1,
  key: ['device_id'],
  fields: {
    device_id: f.text({ maxLength: 10 }),
    site_id: f.text(N),
    seen: f.timestamptz(N),
    state: f.shapedJson(
      {
        online: f.boolean(N),
        sensors: f.object({ temperature: f.float64({ max: '99' }), rssi: f.int32(N) }),
        deep: f.object({ inner: f.object({ note: f.text(N) }) }),
        total: f.decimal(20, 2, N),
        last: f.timestamptz(N),
        tags: f.array({ kind: 'text' }, N),
      },
      N,
    ),
  },
});

const spec: ProjectionSpec = {
  contract,
  map: { site_id: '^^site_id', seen: '$takenAt' },
  drop: [],
  entity: 'device_id',
  eventTime: 'state.last',
  rows: 'sites[].rooms[].devices[]',
  hashKey: null,
};

const filled = { takenAt: '2026-11-01T08:00:00.5Z' };
const sensors = { temperature: 21.5 };

function compile(change: Partial<ProjectionSpec> = {}, recorder = recordDroppedKeys()): Projection {
  return compileProjection({ ...spec, ...change }, recorder);
}

const project = (value: unknown, parents: readonly unknown[] = [], change: Partial<ProjectionSpec> = {}) =>
  compile(change).project({ value, parents }, filled);

describe('values', () => {
  test('come from the row, from around it, and from the engine', () => {
    const value = {
      device_id: 'd-1',
      state: { sensors: { rssi: -60, ...sensors }, last: '2026-11-01T09:00:00+02:00' },
    };
    expect(project(value, [{ room: 'r' }, { site_id: 's-1' }])).toEqual({
      ok: true,

      fields: [
        'd-1',
        's-1',
        '2026-11-01 08:00:00.5+00',
        '{"sensors":{"temperature":21.5,"rssi":-60},"last":"2026-11-01 07:00:00+00"}',
      ],
      entity: 'd-1',
      eventTime: '2026-11-01 07:00:00+00',
    });
  });

  test.each([
    ['in declared order', { sensors, online: true }, '{"online":true,"sensors":{"temperature":21.5}}'],
    ['null stays null', { sensors, online: null }, '{"online":null,"sensors":{"temperature":21.5}}'],
    ['empty objects are left out', { sensors, deep: { inner: {} } }, '{"sensors":{"temperature":21.5}}'],
    ['objects of unknown keys too', { sensors, deep: { x: 1 } }, '{"sensors":{"temperature":21.5}}'],
    ['null is an absent object', { sensors, deep: null }, '{"sensors":{"temperature":21.5}}'],
    ['numerals become numbers', { sensors: { temperature: '21.50' } }, '{"sensors":{"temperature":21.5}}'],
    [
      'decimals stay exact',
      { sensors, total: '123456789012345678.10' },
      '{"sensors":{"temperature":21.5},"total":123456789012345678.1}',
    ],
    [
      'text is escaped',
      { sensors, tags: ['a"b', null, 'é👩'] },
      '{"sensors":{"temperature":21.5},"tags":["a\\"b",null,"é👩"]}',
    ],
  ])('shaped JSON: %s', (_, state, text) => {
    expect(project({ device_id: 'd-1', state })).toMatchObject({
      ok: true,
      fields: ['d-1', null, expect.any(String), text],
    });
  });

  test('the row itself may be what a shape is of', () => {
    const row = { device_id: 'd-1', sensors, secret: 'x' };
    const recorder = recordDroppedKeys();
    const projection = compile({ map: { ...spec.map, state: '' } }, recorder);
    expect(projection.project({ value: row, parents: [] }, filled)).toMatchObject({
      fields: ['d-1', null, expect.any(String), '{"sensors":{"temperature":21.5}}'],
    });
    expect(recorder.snapshot()).toEqual([{ path: '', key: null, entities: 1, occurrences: 1 }]);
  });

  test('what the engine fills in is taken again when it is another object', () => {
    const projection = compile();
    const raw = { value: { device_id: 'd-1' }, parents: [] };
    expect(projection.project(raw, filled).fields[2]).toBe('2026-11-01 08:00:00.5+00');
    expect(projection.project(raw, { takenAt: '2026-11-02T08:00:00Z' }).fields[2]).toBe(
      '2026-11-02 08:00:00+00',
    );
    expect(projection.project(raw, {}).fields[2]).toBeNull();
  });

  test('nothing of one row shows in the next', () => {
    const projection = compile();
    projection.project(
      { value: { device_id: 'd-1', state: { sensors, total: 5 } }, parents: [{}, { site_id: 's-1' }] },
      filled,
    );
    expect(
      projection.project({ value: { device_id: 'd-2', state: { sensors } }, parents: [] }, filled),
    ).toMatchObject({
      fields: ['d-2', null, expect.any(String), '{"sensors":{"temperature":21.5}}'],
      eventTime: null,
    });
  });
});

describe('rejects', () => {
  test.each([
    ['an absent required value', {}, 'device_id', 'required', [null, null]],
    ['null', { device_id: null }, 'device_id', 'required', [null, null]],
    ['a check', { device_id: 'd-1234567890' }, 'device_id', 'max-length', [null, null]],
    ['another kind', { device_id: 5 }, 'device_id', 'type', [null, null]],
    ['an object', { device_id: { secret: 1 } }, 'device_id', 'type', [null, null]],
    [
      'a leaf',
      { device_id: 'd', state: { sensors: { temperature: 100 } } },
      'state.sensors.temperature',
      'max',
      ['d', null],
    ],
    [
      'a required leaf',
      { device_id: 'd', state: { sensors: {} } },
      'state.sensors.temperature',
      'required',
      ['d', null],
    ],
    [
      'one in an absent object',
      { device_id: 'd', state: {} },
      'state.sensors.temperature',
      'required',
      ['d', null],
    ],
    [
      'an array for an object',
      { device_id: 'd', state: { sensors: [1] } },
      'state.sensors',
      'type',
      ['d', null],
    ],
    ['text for shaped JSON', { device_id: 'd', state: 'x' }, 'state', 'type', ['d', null]],
    [
      'a number too long',
      { device_id: 'd', state: { sensors, total: 2 ** 53 } },
      'state.total',
      'type',
      ['d', null],
    ],
    [
      'NaN as text',
      { device_id: 'd', state: { sensors: { temperature: 'NaN' } } },
      'state.sensors.temperature',
      'type',
      ['d', null],
    ],
  ])('%s', (_, value, column, code, [device, state]) => {
    const rejected = project(value);
    expect(rejected).toEqual({
      ok: false,
      fields: [device, null, '2026-11-01 08:00:00.5+00', state],
      entity: device,
      column,
      code,
    });
  });

  test.each([[[]], ['text'], [5], [new Map([['device_id', 'd']])]])(
    'a row that is no object: %j',
    (value) => {
      expect(project(value)).toMatchObject({ ok: false, column: 'device_id', code: 'type' });
    },
  );

  test('a value whose holder is no object is wrong, not absent', () => {
    const map = { ...spec.map, site_id: 'state.site' };
    expect(project({ device_id: 'd', state: 'x' }, [], { map })).toMatchObject({
      column: 'site_id',
      code: 'type',
    });
    expect(project({ device_id: 'd', state: null }, [], { map })).toMatchObject({ ok: true });
  });

  test('the first failing field is named, and every failing value is gone', () => {
    const rejected = project({ device_id: 'd-1234567890', state: { sensors: { temperature: 'secret' } } }, [
      {},
      { site_id: 7 },
    ]);
    expect(rejected).toMatchObject({ column: 'device_id', fields: [null, null, expect.any(String), null] });
  });
});

describe('own properties only', () => {
  test('__proto__ and constructor are keys like others', () => {
    const recorder = recordDroppedKeys();
    const value: unknown = JSON.parse(
      '{"__proto__":{"device_id":"evil"},"constructor":{"prototype":{"x":1}},"state":{"__proto__":{"online":true},"sensors":{"temperature":1}}}',
    );
    const projection = compile({}, recorder);
    expect(projection.project({ value, parents: [] }, filled)).toMatchObject({
      ok: false,
      column: 'device_id',
      fields: [null, null, expect.any(String), '{"sensors":{"temperature":1}}'],
    });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(recorder.snapshot().map(({ path, occurrences }) => [path, occurrences])).toEqual([
      ['', 2],
      ['state', 1],
    ]);
  });

  test('a key that everything inherits is no key of a row', () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted['device_id'] = 'evil';
    try {
      expect(project({ state: { sensors } })).toMatchObject({
        ok: false,
        column: 'device_id',
        code: 'required',
        entity: null,
      });
    } finally {
      delete polluted['device_id'];
    }
  });
});

describe('what is dropped', () => {
  const room = (devices: unknown[]): object => ({ room_id: 'r', devices, notes: 'key under the mat' });

  test('is counted on every object on the way, and elements around rows once each', () => {
    const recorder = recordDroppedKeys();
    const projection = compile({ drop: ['^room_id', 'state.wifi', 'owner.name'] }, recorder);
    const answer = { sites: [], next_cursor: null };
    for (let s = 0; s < 120; s += 1) {
      const parents = [room([]), { site_id: 's', rooms: [], address: { street: 'x' } }, answer];
      for (const i of [0, 1]) {
        const state = { sensors: { ...sensors, co2: 4 }, wifi: 'x', deep: { inner: { pin: 1 } } };
        const value = { device_id: `d-${s}-${i}`, state, owner: { name: 'n', email: 'e' }, 'a@b.c': 1 };
        projection.project({ value, parents }, filled);
      }
    }
    expect(recorder.snapshot().map(({ path, key, occurrences }) => [path, key, occurrences])).toEqual([
      ['', null, 240],
      ['^', 'notes', 120],
      ['^^', 'address', 120],
      ['^^^', null, 1],
      ['owner', 'email', 240],
      ['state.deep.inner', 'pin', 240],
      ['state.sensors', 'co2', 240],
    ]);
  });

  test('is not what stands in a value that is no object', () => {
    const recorder = recordDroppedKeys();
    compile({}, recorder).project(
      { value: { device_id: ['x', { a: 1 }], state: [{ b: 1 }] }, parents: [] },
      filled,
    );
    expect(recorder.snapshot()).toEqual([]);
  });
});

describe('hashed text', () => {
  const hashKey = Buffer.from('0123456789abcdef0123456789abcdef');
  const hashed: Contract = defineContract({
    version: 1,
    key: ['id'],
    fields: {
      id: f.text(),
      email: f.hashedText({ ...N, maxLength: 20 }),
      data: f.shapedJson({ phone: f.hashedText(N) }, N),
    },
  });
  const compileHashed = (key: Uint8Array | null): Projection =>
    compile({ contract: hashed, map: {}, entity: 'id', eventTime: null, rows: null, hashKey: key });

  test('is the keyed HMAC of the text', () => {
    const hash = (text: string): string => createHmac('sha256', hashKey).update(text).digest('hex');
    const value = { id: '1', email: 'maria@é.org', data: { phone: '+55 11' } };
    expect(compileHashed(hashKey).project({ value, parents: [] }, {})).toMatchObject({
      ok: true,
      fields: ['1', hash('maria@é.org'), `{"phone":"${hash('+55 11')}"}`],
    });
  });

  test('is checked before it is hashed', () => {
    const value = { id: '1', email: 'a'.repeat(21) };
    expect(compileHashed(hashKey).project({ value, parents: [] }, {})).toMatchObject({
      fields: ['1', null, null],
      column: 'email',
      code: 'max-length',
    });
  });

  test.each([
    [null, 0],
    [Buffer.from('short'), 5],
  ])('needs a key', (key, bytes) => {
    expect(() => compileHashed(key)).toThrow(
      expect.objectContaining({
        code: 'CONTRACT_HASH_KEY',
        retry: 'terminal',
        facts: { field: 'email', bytes, minBytes: 16 },
      }),
    );
  });
});

test('every problem of a declaration is named at once', () => {
  const wrong = defineContract({
    version: 1,
    key: ['id'],
    fields: {
      id: f.hashedText(),
      raw: f.json(),
      raws: f.array({ kind: 'json' }),
      s: f.shapedJson({ a: f.text() }),
      t: f.text(),
    },
  });
  const change = {
    contract: wrong,
    map: { gone: 'x', s: '$slice', t: '', id: 'a..b' },
    drop: ['$slice', '^'],
    entity: 'id',
    eventTime: 's.a',
  };
  expect(() => compile(change)).toThrow(expect.objectContaining({ code: 'CONTRACT_PROJECTION' }));
  try {
    compile(change);
  } catch (error) {
    for (const part of [
      ...[
        'map: there is no field "gone"',
        'id: "a..b" is not a path',
        'raw: JSON without a shape',
        'raws: JSON without',
      ],
      ...[
        's: $slice is not JSON',
        't: "" is the object itself',
        'drop: "$slice"',
        'drop: "^"',
        'entity: a hashed field',
      ],
      'eventTime: "s.a" is not a date',
    ])
      expect((error as Error).message).toContain(part);
  }
});
