import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import type { ProjectedRow } from '#shared/pipeline/project-row.ts';
import { instantMicros } from './instant-micros.ts';
import { openSliceSpool, type SliceSpool } from './slice-spool.ts';

const contract = defineContract({
  version: 1,
  key: ['id'],
  fields: { id: f.int64(), note: f.text({ nullable: true }) },
});
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
});

afterAll(() => rm(folder, { recursive: true }));

const good = (id: string, note: string | null, eventTime: string | null = null): ProjectedRow => ({
  ok: true,
  fields: [id, note],

  entity: id,
  eventTime,
});
const bad = (note: string | null): ProjectedRow => ({
  ok: false,
  fields: [null, note],
  entity: null,
  column: 'id',
  code: 'type',
});

const open = (memoryBytes?: number): SliceSpool =>
  openSliceSpool({
    contract,
    path: join(folder, 's'),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

test('rows, rejects and what is known of them', async () => {
  const spool = open();
  spool.add(good('1', 'a,"b"\n', '2026-11-01 08:00:00+00'), '20');
  spool.add(good('2', null, '2026-11-01 08:00:00.5+00'), '-3');
  spool.add(bad('line\nbreak'), '21');
  spool.add(good('3', '', '2026-11-01 07:59:59.999999+00'), null);
  spool.add(good('4', 'x\u0001y'), '20');
  const slice = await spool.finish();
  expect(slice).toMatchObject({
    ...{ rows: 4, rejectedRows: 1, cursorMin: -3n, cursorMax: 20n, nullCursorRows: 1 },
    eventTimeMax: 1_793_520_000_500_000n,
  });
  const text = Buffer.concat(await all(slice.text())).toString();
  expect(text).toBe(
    `1,\u0001a,"b"\n\u0001,20,${slice.id}\n2,,-3,${slice.id}\n3,\u0001\u0001,,${slice.id}\n4,\u0001x\u0001\u0001y\u0001,20,${slice.id}\n`,
  );
  expect(slice.bytes).toBe(text.length);
  expect(await all(slice.rejects())).toEqual([
    { column: 'id', code: 'type', cursor: '21', fields: { id: null, note: 'line\nbreak' } },
  ]);
  await slice.discard();
  expect(await all(slice.rejects())).toEqual([]);
});

test('no two spools share an id until one is discarded, and one without rows knows nothing', async () => {
  const [one, two] = await Promise.all([open().finish(), open().finish()]);
  expect(one.id).not.toBe(two.id);
  expect(one).toMatchObject({ rows: 0, cursorMin: null, cursorMax: null, eventTimeMax: null, bytes: 0 });
  await one.discard();
  const three = await open().finish();
  expect(three.id).toBe(one.id);
  await one.discard();
  expect((await open().finish()).id).not.toBe(three.id);
});

test('beyond its memory a spool is in files, which are gone with it', async () => {
  const spool = open(50_000);
  for (let i = 0; i < 3000; i += 1) {
    await spool.add(good(String(i), 'x'.repeat(100)), '1');
    await spool.add(bad('é'.repeat(100)), '1');
  }
  const slice = await spool.finish();
  expect((await readdir(folder)).toSorted()).toEqual(['s.csv', 's.rejects']);
  const pieces: Buffer[] = [];
  // A piece is good until the next is asked for.
  for await (const piece of slice.text()) pieces.push(Buffer.from(piece));
  expect(Buffer.concat(pieces).toString().split('\n')).toHaveLength(3001);
  const rejects = await all(slice.rejects());
  expect(rejects).toHaveLength(3000);
  expect(rejects.every(({ fields }) => fields['note'] === 'é'.repeat(100))).toBe(true);
  await slice.discard();
  expect(await readdir(folder)).toEqual([]);
});

test('a spool that is given up half-way leaves nothing', async () => {
  const spool = open(1000);
  for (let i = 0; i < 2000; i += 1) void spool.add(good(String(i), 'x'.repeat(100)), '1');
  await spool.discard();
  await spool.discard();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['1970-01-01 00:00:00+00', 0n],
  ['1969-12-31 23:59:59.999999+00', -1n],
  ['2026-11-01', 1_793_491_200_000_000n],
  ['2026-11-01 00:00:00.000001', 1_793_491_200_000_001n],
  ['0001-01-01 00:00:00+00', -62_135_596_800_000_000n],
  ['9999-12-31 23:59:59.5+00', 253_402_300_799_500_000n],
])('%s is %d microseconds', (text, micros) => {
  expect(instantMicros(text)).toBe(micros);
});
