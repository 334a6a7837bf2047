import { afterAll, beforeAll, expect, test } from 'vitest';
import { SliceFacts } from '#services/extractor/listed/slice-facts.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { Queryable } from '#shared/ledger/queryable.ts';
import { createRun } from '#shared/ledger/runs.ts';
import { moveWatermark } from '#shared/ledger/watermarks.ts';
import { type LedgerFixture, ledgerFixture, newRun, randomName } from './ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await ledgerFixture();
});
afterAll(() => fixture.close());

/** The facts of a ledger that counts what it is asked, and may be away. */
function counted() {
  const state = { asked: 0, isAway: false };
  const rows: Queryable['rows'] = async (text, values) => {
    state.asked += 1;
    if (state.isAway) throw new Error('away');
    return fixture.ledger.rows(text, values);
  };
  return { state, facts: new SliceFacts({ rows }) };
}

test('a run is asked for once, however many slices ask at once and later', async () => {
  const run = newRun();
  await createRun(fixture.ledger, run);
  const { state, facts } = counted();
  const all = await Promise.all([facts.run(run.runId), facts.run(run.runId)]);
  for (const one of [...all, await facts.run(run.runId)])
    expect(one).toMatchObject({ runId: run.runId, pipeline: run.pipeline, logicalTime: run.logicalTime });
  expect(state.asked).toBe(1);
});

test('a run that is not there, or could not be asked for, is asked for again', async () => {
  const run = newRun();
  const { state, facts } = counted();
  expect(await facts.run(run.runId)).toBeUndefined();
  await createRun(fixture.ledger, run);
  state.isAway = true;
  await expect(facts.run(run.runId)).rejects.toThrow('away');
  state.isAway = false;
  expect(await facts.run(run.runId)).toMatchObject({ runId: run.runId });
});

test('cursors of slices that ask at once come by one statement, each its own, and as they are by then', async () => {
  const pipeline = randomName('p');
  const told = { pipeline, stream: 's', ref: null, windowId: null, who: 'test', reason: 'test' };
  const move = (slice: string, from: bigint | null, to: bigint) =>
    moveWatermark(fixture.ledger, { ...told, slice, from, to });
  await move('a', null, 7n);
  await move('c', null, 27n);
  const { state, facts } = counted();
  const cursors = () =>
    Promise.all(
      ['a', 'b', 'c'].map((slice) =>
        facts.cursor({ taskId: slice, pipeline, stream: 's', slice } as ClaimedTask),
      ),
    );
  expect(await cursors()).toEqual([7n, null, 27n]);
  expect(state.asked).toBe(1);
  await move('a', 7n, 8n);
  expect(await cursors()).toEqual([8n, null, 27n]);
});
