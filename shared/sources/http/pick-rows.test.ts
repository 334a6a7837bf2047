import { describe, expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import { compileProjection, type ProjectionSpec } from '#shared/pipeline/project-row.ts';
import { recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import { DEVICE_FILLED, DEVICE_PROJECTION, deviceRow } from '#test/support/device-rows.ts';
import { type Json, marker } from '#test/support/marked-rows.ts';
import { projectPieces } from '#test/support/project-pieces.ts';
import { seededRandom } from '#test/support/seeded-random.ts';
import { DistinctRows } from './distinct-rows.ts';
import { rowsIn } from './raw-pieces.ts';
import { readRows } from './read-rows.ts';
import { compileRowPath } from './row-path.ts';
import { compileEntityOf } from './value-path.ts';

/** Rows in `data.items[]`, so that what is around them is looked through too. */
const FLAT: ProjectionSpec = {
  ...DEVICE_PROJECTION,
  map: { ...DEVICE_PROJECTION.map, site_id: 'site', customer_id: '^customer_id' },
  drop: ['owner.name'],
  rows: 'data.items[]',
};

/** What becomes of answers, one after the other: projected rows and envelope, or an error's code; and what was dropped. */
class Reading {
  readonly #spec: ProjectionSpec;
  readonly #recorder = recordDroppedKeys();
  readonly #projection;
  readonly #picks: boolean;
  picked = 0;

  constructor(spec: ProjectionSpec, picks: boolean) {
    this.#spec = spec;
    this.#projection = compileProjection(spec, this.#recorder);
    this.#picks = picks;
  }

  async of(bytes: Buffer): Promise<unknown> {
    const path = compileRowPath(this.#spec.rows ?? '');
    const picker = this.#picks ? this.#projection.picker : null;
    const entityOf = compileEntityOf({ entity: this.#spec.entity ?? '', map: this.#spec.map });
    try {
      const step = await readRows(inPieces(bytes), path, {}, picker).next();
      if (!step.done) throw new Error('a short body comes at its end');
      const { rows, envelope } = step.value;
      const distinct = new DistinctRows(entityOf);
      distinct.keepFresh(rows);
      this.picked += rowsIn(rows.filter((row) => row instanceof PickedRows));
      const projected = projectPieces(this.#projection, rows, DEVICE_FILLED);
      return { projected, envelope, duplicates: distinct.duplicates, entities: distinct.entities };
    } catch (error) {
      if (!(error instanceof PenstockError)) throw error;
      return { code: error.code, facts: error.facts };
    }
  }

  /**
   * How many entities keys had that are not named is "at least": keys of broken answers, which only a picker sees, are told apart
   * first, and later ones count together.
   */
  dropped(): unknown {
    return this.#recorder.snapshot().map((row) => (row.key === null ? { ...row, entities: 'some' } : row));
  }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  const half = bytes.length >> 1;
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}

function bothWays(spec: ProjectionSpec): {
  check: (text: string | Buffer) => Promise<void>;
  parse: Reading;
  pick: Reading;
} {
  const [parse, pick] = [new Reading(spec, false), new Reading(spec, true)];
  const check = async (text: string | Buffer): Promise<void> => {
    const bytes = Buffer.from(text);
    expect(await pick.of(bytes), String(text)).toStrictEqual(await parse.of(bytes));
  };
  return { check, parse, pick };
}

type Site = Record<string, Json>;
const site = (i: number, devices: Json): Site => ({
  site_id: `s-${i}`,
  devices,
  address: { street: 'x' },
  manager: 'm',
});
const nested = (rows: readonly Json[]): Json => ({
  customer_id: 'c-1',
  sites: rows.map((row, i) =>
    i % 3 === 0 ? { devices: [row, row], ...site(i, [row]) } : site(i, [row, deviceRow(i)]),
  ),
  next: 'x',
});
const flat = (rows: readonly Json[]): Json => ({
  customer_id: 'c-1',
  data: { total: rows.length, items: [...rows], more: [1] },
  next: null,
});

describe.each([
  ['rows in one array', FLAT, flat],
  ['rows in arrays of arrays', DEVICE_PROJECTION, nested],
] as const)('%s: a picked answer is what a parsed one is', (_, spec, answer) => {
  test('and nothing of it was parsed', async () => {
    const { check, parse, pick } = bothWays(spec);
    await check(JSON.stringify(answer(Array.from({ length: 40 }, (_none, i) => deviceRow(i)))));
    await check(
      JSON.stringify(answer(Array.from({ length: 40 }, (_none, i) => deviceRow(i + 40))), null, '\t'),
    );
    expect(pick.picked).toBeGreaterThanOrEqual(80);
    expect(parse.picked).toBe(0);
    expect(pick.dropped()).toStrictEqual(parse.dropped());
  });

  test('with marks anywhere in rows and around them', async () => {
    const random = seededRandom(20_261_123);
    const { mark } = marker(random);
    const { check, parse, pick } = bothWays(spec);
    for (let i = 0; i < 1_500; i += 1) {
      const rows = Array.from({ length: 1 + Math.floor(random() * 4) }, (_none, k) =>
        random() < 0.5 ? mark(deviceRow(i + k)) : deviceRow(i + k),
      );
      const whole = answer(rows);
      await check(JSON.stringify(random() < 0.3 ? mark(whole) : whole));
    }
    expect(pick.picked).toBeGreaterThan(1_000);
    expect(pick.dropped()).toStrictEqual(parse.dropped());
  });

  test('of text that was cut, or into which something was put', async () => {
    const random = seededRandom(20_261_124);
    const { check, parse, pick } = bothWays(spec);
    const inserts = [
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      ' ',
      '0',
      '-',
      '1e3',
      'null',
      '\u0000',
      '\n',
      'é',
      '\\u0064',
      ',"sites":[]',
      '"devices":null,',
      '"device_id":"d-9",',
    ];
    for (let i = 0; i < 2_500; i += 1) {
      const text = JSON.stringify(answer([deviceRow(i), deviceRow(i + 1)]));
      const at = Math.floor(random() * text.length);
      const what = inserts[Math.floor(random() * inserts.length)] ?? '';
      await check(
        random() < 0.2
          ? text.slice(0, at)
          : text.slice(0, at) + what + text.slice(at + (random() < 0.5 ? what.length : 0)),
      );
    }
    expect(pick.picked).toBeGreaterThan(1_000);
    expect(pick.dropped()).toStrictEqual(parse.dropped());
  });
});

const DEVICE = JSON.stringify(deviceRow(7));
/** An answer with rows in `items`, as they are written here. */
const flatText = (items: string): string => `{"customer_id":"c-1","data":{"items":${items}},"next":null}`;

test.each([
  ['no rows', flatText('[]')],
  ['spaces everywhere', ` ${flatText(` [ ${DEVICE.replaceAll(/[{}[\],:]/g, ' $& ')} , {} ] `)} \n`],
  ['rows null', flatText('null')],
  ['rows an object', flatText('{}')],
  ['rows absent', '{"data":{}}'],
  ['data null', '{"data":null}'],
  ['data absent', '{}'],
  ['no object', '[]'],
  ['nothing', ''],
  ['a row null', flatText(`[null,${DEVICE}]`)],
  ['a row of text', flatText(`["x",${DEVICE}]`)],
  ['an array as a row', flatText(`[[],${DEVICE}]`)],
  ['a row twice', flatText(`[${DEVICE},${DEVICE}]`)],
  ['a declared key twice', flatText(`[${DEVICE.replace('"online"', '"online":1,"online"')}]`)],
  [
    'an object of declared keys twice',
    flatText(`[${DEVICE.replace('"sensors"', '"sensors":{"rssi":-1},"sensors"')}]`),
  ],
  ['a dropped key twice', flatText(`[${DEVICE.replace('"owner"', '"x":1,"x":2,"owner"')}]`)],
  ['an escaped key', flatText(`[${DEVICE.replace('"online"', '"\\u006fnline"')}]`)],
  [
    'an escaped key beside the same',
    flatText(`[${DEVICE.replace('"online"', '"\\u006fnline":1,"online"')}]`),
  ],
  [
    'a key of a prototype',
    flatText(`[${DEVICE.replace('"online"', '"__proto__":{"online":1},"constructor":1,"online"')}]`),
  ],
  ['escapes in values', flatText(`[${DEVICE.replace('"d-7"', '"d-\\u0037"')}]`)],
  ['half a pair', flatText(`[${DEVICE.replace('"2.4.1"', '"\\ud800"')}]`)],
  [
    'a list where a number is declared',
    flatText(`[${DEVICE.replace('"uptime_s":217', '"uptime_s":[217]')}]`),
  ],
  ['an object where text is declared', flatText(`[${DEVICE.replace('"d-7"', '{"d-7":1}')}]`)],
  [
    'text where an object is declared',
    flatText(`[${DEVICE.replace(/"sensors":\{[^}]*\}/, '"sensors":"none"')}]`),
  ],
  [
    'null where an object is declared',
    flatText(`[${DEVICE.replace(/"sensors":\{[^}]*\}/, '"sensors":null')}]`),
  ],
  [
    'a deep value',
    flatText(`[${DEVICE.replace('"owner"', `"x":${'['.repeat(200)}${']'.repeat(200)},"owner"`)}]`),
  ],
  ['two arrays of rows', `{"data":{"items":[${DEVICE}],"items":[]}}`],
  ['two objects around them', `{"data":{"items":[${DEVICE}]},"data":{}}`],
  ['an escaped key around them', `{"d\\u0061ta":{"items":[${DEVICE}]}}`],
  ['text behind it', `${flatText('[]')}x`],
  ['a mark of byte order before it', `\ufeff${flatText('[]')}`],
  ['no UTF-8', Buffer.concat([Buffer.from(flatText('["')), Buffer.of(0xff), Buffer.from('"]')])],
  ['no UTF-8 within a row', Buffer.from(flatText(`[${DEVICE}]`).replace('Owner', '\u00ff'), 'latin1')],
  [
    '300 keys not declared',
    flatText(
      `[${DEVICE.replace('"online"', `${Array.from({ length: 300 }, (_, i) => `"k${i}":${i},`).join('')}"online"`)}]`,
    ),
  ],
] as const)('an answer with %s is the same both ways', async (_, text) => {
  const { check, parse, pick } = bothWays(FLAT);
  await check(text);
  await check(flatText(`[${DEVICE}]`));
  expect(pick.dropped()).toStrictEqual(parse.dropped());
});

const SITE = `{"site_id":"s-1","devices":[${DEVICE}],"manager":"m"}`;
const nestedText = (sites: string): string => `{"customer_id":"c-1","sites":${sites}}`;

test.each([
  ['no elements', nestedText('[]')],
  ['an element without rows', nestedText(`[${SITE},{"site_id":"s-2","devices":[]}]`)],
  ['rows before what is around them', nestedText(`[{"devices":[${DEVICE}],"site_id":"s-3"}]`)],
  ['an array of rows absent', nestedText(`[${SITE},{"site_id":"s-2"}]`)],
  ['an array of rows null', nestedText(`[${SITE},{"devices":null}]`)],
  ['an array of rows twice', nestedText(`[{"devices":[${DEVICE}],"devices":[]}]`)],
  ['an element null', nestedText(`[null,${SITE}]`)],
  ['a key around rows twice', nestedText(`[${SITE.replace('"manager"', '"site_id":"s-9","manager"')}]`)],
  ['keys after the rows', `{"sites":[${SITE}],"customer_id":"c-2","more":{"x":1}}`],
] as const)('a nested answer with %s is the same both ways', async (_, text) => {
  const { check, parse, pick } = bothWays(DEVICE_PROJECTION);
  await check(text);
  await check(nestedText(`[${SITE}]`));
  expect(pick.dropped()).toStrictEqual(parse.dropped());
});

test('a row is not read by another projection than the one that picked it', async () => {
  const [one, other] = [
    compileProjection(FLAT, recordDroppedKeys()),
    compileProjection(FLAT, recordDroppedKeys()),
  ];
  const step = await readRows(
    inPieces(Buffer.from(flatText(`[${DEVICE}]`))),
    compileRowPath('data.items[]'),
    {},
    one.picker,
  ).next();
  const [rows] = step.done === true ? step.value.rows : [];
  if (!(rows instanceof PickedRows)) throw new Error('there is a row');
  expect(() => other.projectPicked(rows, DEVICE_FILLED)).toThrow(TypeError);
});
