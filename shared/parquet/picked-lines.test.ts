import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import { compileProjection, type Projection } from '#shared/pipeline/project-row.ts';
import { recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import { openSliceSpool, type SliceSpool } from './slice-spool.ts';

const contract = defineContract({
  version: 1,
  key: ['id'],
  fields: {
    shard: f.text(),
    id: f.text({ pattern: '^d-[0-9]+$' }),
    note: f.text({ nullable: true }),
    owner: f.text({ pattern: '^c-[0-9]+$' }),
    taken: f.timestamptz(),
    seen: f.timestamptz({ nullable: true }),
    state: f.shapedJson({ v: f.float64(), more: f.object({ on: f.boolean({ nullable: true }) }) }),
    day: f.date({ nullable: true }),
  },
});
const spec = {
  ...{ contract, drop: [], entity: 'id', rows: 'items[]', hashKey: null },
  map: { shard: '$shard', owner: '^owner', taken: '$takenAt', state: '', day: '$day' },
};
const filled = { shard: 's,1', takenAt: '2026-11-22T10:00:00Z', day: null };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picked-lines-'));
});
afterAll(() => rm(folder, { recursive: true }));

const item = (i: number) => ({
  id: `d-${i}`,
  note: [null, 'a,"b"\n', 'é👩', '', `\u0001${i}`][i % 5],
  seen: i % 4 === 0 ? null : `2026-11-${String(1 + (i % 28)).padStart(2, '0')}T08:00:00.${i}Z`,
  v: i / 8,
  more: i % 3 === 0 ? { on: true } : {},
  secret: 'x',
});

/** An answer with rows of which some are to be parsed, since they hold what no module decides. */
function answerOf(owner: string): Buffer {
  const items = Array.from({ length: 200 }, (_, i) => item(i));
  return Buffer.from(JSON.stringify({ owner, items, next: null }));
}

async function textOf(spool: SliceSpool) {
  const { id, text, rejects, discard, held, ...known } = await spool.finish();
  const pieces: Buffer[] = [];
  for await (const piece of text()) pieces.push(Buffer.from(piece));
  const rejected: unknown[] = [];
  for await (const reject of rejects()) rejected.push(reject);
  await discard();
  // The number of the spool stands at the end of each line.
  const lines = Buffer.concat(pieces).toString().replaceAll(`,${id}\n`, ',#\n');
  return { lines, rejected, ...known };
}

/** Rows of an answer in a spool, those alone that are wanted. */
async function spooled(
  projection: Projection,
  answer: Buffer,
  picks: boolean,
  wanted: (i: number) => boolean,
) {
  const spool = openSliceSpool({ contract, path: join(folder, `s${picks}`), memoryBytes: 4_000 });
  const whole = JSON.parse(answer.toString()) as { items: unknown[] };
  const items = whole.items.splice(0);
  const parse = async (value: unknown): Promise<void> =>
    spool.add(projection.project({ value, parents: [whole] }, filled), '7');
  if (!picks) for (const [i, value] of items.entries()) if (wanted(i)) await parse(value);
  for (const piece of picks ? (projection.picker?.pick(answer)?.rows ?? []) : []) {
    if (!(piece instanceof PickedRows)) {
      const value = JSON.parse(answer.toString('utf8', piece.from, piece.to)) as { id: string };
      if (wanted(Number(value.id.slice(2)))) await parse(value);
      continue;
    }
    piece.page.envelope = whole;
    piece.keep((row) => wanted(Number(piece.page.entityOf(row)?.slice(2))));
    if (piece.count > 0) await spool.addPicked(projection.projectPicked(piece, filled), '7');
    piece.done();
  }
  return textOf(spool);
}

test.each([
  ['all rows, and the rows tell when their events were', 'seen', 'c-1', () => true],
  ['some rows', 'seen', 'c-1', (i: number) => i % 7 !== 3 && i !== 199],
  ['events that all have one time', 'taken', 'c-1', (i: number) => i < 50],
  ['no time of events', null, 'c-1', () => true],
  ['what rows have in common rejected', 'seen', 'somebody', (i: number) => i % 2 === 0],
] as const)('picked rows are spooled as parsed ones are: %s', async (_, eventTime, owner, wanted) => {
  const [one, other] = [recordDroppedKeys(), recordDroppedKeys()];
  const answer = answerOf(owner);
  const picked = await spooled(compileProjection({ ...spec, eventTime }, one), answer, true, wanted);
  const parsed = await spooled(compileProjection({ ...spec, eventTime }, other), answer, false, wanted);
  expect(picked).toEqual(parsed);
  expect(picked.rows + picked.rejectedRows).toBeGreaterThan(20);
  expect(one.snapshot()).toEqual(other.snapshot());
  expect(await readdir(folder)).toEqual([]);
});
