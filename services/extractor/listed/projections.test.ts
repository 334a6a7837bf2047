import { expect, test } from 'vitest';
import { compileProjection, type Projection } from '#shared/pipeline/project-row.ts';
import { recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import { readRows } from '#shared/sources/http/read-rows.ts';
import { compileRowPath } from '#shared/sources/http/row-path.ts';
import { DEVICE_FILLED, DEVICE_PROJECTION, deviceRow } from '#test/support/device-rows.ts';
import { projectPieces } from '#test/support/project-pieces.ts';
import { Projections } from './projections.ts';

const DAY = '2026-03-10';
const compile = (): Projection => ({}) as Projection;

test('what counts into one recorder is one projection, and what counts into another is another', () => {
  const projections = new Projections();
  const [book, other] = [recordDroppedKeys(), recordDroppedKeys()];
  const first = projections.of(book, DAY, compile);
  expect(projections.of(book, DAY, compile)).toBe(first);
  expect(projections.of(other, DAY, compile)).not.toBe(first);
});

test('a run that is taken up again on another day is read by that day', () => {
  const projections = new Projections();
  const book = recordDroppedKeys();
  const first = projections.of(book, DAY, compile);
  const later = projections.of(book, '2026-03-12', compile);
  expect(later).not.toBe(first);
  expect(projections.of(book, '2026-03-12', compile)).toBe(later);
});

test('what cannot be compiled is compiled again', () => {
  const projections = new Projections();
  const book = recordDroppedKeys();
  const fail = (): Projection => {
    throw new Error('no key');
  };
  expect(() => projections.of(book, DAY, fail)).toThrow('no key');
  expect(projections.of(book, DAY, compile)).toEqual({});
});

/** A page of a slice: two sites with devices, and keys that nobody wants around them. */
function page(slice: number, nth: number): Buffer {
  const site = (of: number) => ({
    ...{ site_id: `s-${of}`, address: 'hidden', [`only_of_${slice}`]: 'hidden' },
    devices: Array.from({ length: 40 }, (_, i) => deviceRow(slice * 1000 + of * 100 + i)),
  });
  const customer = { customer_id: `c-${slice}`, contact: 'hidden' };
  return Buffer.from(JSON.stringify({ ...customer, sites: [site(nth * 2), site(nth * 2 + 1)] }));
}

/** Reads pages and projects them, as many at once as are given together. */
async function project(turns: readonly (readonly [slice: number, nth: number][])[], picks: boolean) {
  const recorder = recordDroppedKeys();
  const projection = new Projections().of(recorder, DAY, () =>
    compileProjection(DEVICE_PROJECTION, recorder),
  );
  const path = compileRowPath(DEVICE_PROJECTION.rows ?? '');
  const fields: unknown[] = [];
  for (const turn of turns) {
    const read = turn.map(async ([slice, nth]) => {
      const pieces = async function* () {
        yield page(slice, nth);
      };
      const step = await readRows(pieces(), path, {}, picks ? projection.picker : null).next();
      if (!step.done) throw new Error('a short body comes at its end');
      return { rows: step.value.rows, filled: { ...DEVICE_FILLED, shard: `s${slice}` } };
    });
    for (const { rows, filled } of (await Promise.all(read)).reverse())
      fields.push(...projectPieces(projection, rows, filled));
  }
  const key = (one: unknown): string => JSON.stringify(one);
  const sorted = (all: readonly unknown[]): string[] => all.map(key).sort();
  return { fields: sorted(fields), dropped: sorted(recorder.snapshot()) };
}

test.each([true, false])(
  'slices that are read at once are projected as one after the other (picked: %s)',
  async (picks) => {
    const pages = [1, 2, 3].map((slice) => [0, 1].map((nth): [number, number] => [slice, nth]));
    const alone = await project(
      pages.flat().map((one) => [one]),
      picks,
    );
    const atOnce = await project(
      [
        pages.map(([first]) => first as [number, number]),
        pages.map(([, second]) => second as [number, number]),
      ],
      picks,
    );
    expect(atOnce).toEqual(alone);
    expect(alone.fields).toHaveLength(3 * 2 * 80);
    expect(alone.dropped.join()).toContain('"occurrences":12');
  },
);
