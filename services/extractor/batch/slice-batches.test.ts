import { expect, test } from 'vitest';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { type CompleteSlice, type LandTogether, SliceBatches } from './slice-batches.ts';

const LIMITS = { idleMs: 60_000, shortestMs: 60_000, longestMs: 60_000, maxHeldBytes: 1_000 };

function slice(taskId: string, over: Partial<CompleteSlice> & { shard?: string } = {}): CompleteSlice {
  const { shard = 's1', ...rest } = over;
  const task = { taskId, attempt: 1, runId: 'r', stream: 's', shard } as ClaimedTask;
  return { task, bytes: 10, targetBytes: 30, wantedSinceMs: Date.now(), ...rest };
}

/** Notes which slices landed together. */
function recording() {
  const batches: string[][] = [];
  const land: LandTogether<CompleteSlice> = async (slices) => {
    batches.push(slices.map(({ task }) => task.taskId));
    return new Map(slices.map(({ task }) => [task.taskId, { windowId: `w${task.taskId}` }]));
  };
  return { batches, land };
}

test('slices of a run, stream and shard land together once they reach their target', async () => {
  const { batches, land } = recording();
  const waiting = new SliceBatches(land, LIMITS);
  const landed = ['1', '2', '3'].map((id) => waiting.add(slice(id)));
  expect(await Promise.all(landed)).toEqual([{ windowId: 'w1' }, { windowId: 'w2' }, { windowId: 'w3' }]);
  expect(batches).toEqual([['1', '2', '3']]);
});

test('shards land apart, and a drain lands what waits and then each slice as it comes', async () => {
  const { batches, land } = recording();
  const waiting = new SliceBatches(land, LIMITS);
  const landed = [waiting.add(slice('1')), waiting.add(slice('2', { shard: 's2' }))];
  waiting.drain();
  await Promise.all(landed);
  await waiting.add(slice('3'));
  expect(batches).toEqual([['1'], ['2'], ['3']]);
});

test('a batch waits no longer than slices keep coming', async () => {
  const { batches, land } = recording();
  const waiting = new SliceBatches(land, { ...LIMITS, idleMs: 1 });
  await waiting.add(slice('1'));
  expect(batches).toEqual([['1']]);
});

test('however slices keep coming, a batch early in its run waits for a short time, and a later one for longer', async () => {
  const { batches, land } = recording();
  const waiting = new SliceBatches(land, { ...LIMITS, shortestMs: 20 });
  const old = waiting.add(slice('old', { shard: 's2', wantedSinceMs: Date.now() - 600_000 }));
  let landed = false;
  const early = waiting.add(slice('early')).then(() => {
    landed = true;
  });
  for (let nth = 0; !landed; nth += 1) {
    void waiting.add(slice(`early ${nth}`, { bytes: 0 }));
    void waiting.add(slice(`old ${nth}`, { bytes: 0, shard: 's2', wantedSinceMs: 0 }));
    await new Promise(setImmediate);
  }
  await early;
  expect(batches.flat()).not.toContain('old');
  waiting.drain();
  await old;
});

test('what all batches hold together is bounded: the largest lands first', async () => {
  const { batches, land } = recording();
  const waiting = new SliceBatches(land, LIMITS);
  const held = waiting.add(slice('small', { bytes: 400, targetBytes: 5_000 }));
  const largest = waiting.add(slice('large', { bytes: 900, targetBytes: 5_000, shard: 's2' }));
  await largest;
  expect(batches).toEqual([['large']]);
  waiting.drain();
  await held;
});

test('it is full while more waits and lands than should be held, and not for longer', async () => {
  const landing = Promise.withResolvers<void>();
  const { land } = recording();
  const waiting = new SliceBatches<CompleteSlice>(async (slices) => {
    await landing.promise;
    return land(slices);
  }, LIMITS);
  const first = waiting.add(slice('1', { bytes: 1_500, targetBytes: 1_000 }));
  expect(waiting.isFull).toBe(false);
  const second = waiting.add(slice('2', { bytes: 600, targetBytes: 1_000 }));
  expect(waiting.isFull).toBe(true);
  landing.resolve();
  await first;
  expect(waiting.isFull).toBe(false);
  waiting.drain();
  await second;
});

test('a batch that cannot land fails all of its slices, and none of another batch', async () => {
  const { land } = recording();
  const failing: LandTogether<CompleteSlice> = (slices) =>
    slices.length > 1 ? Promise.reject(new Error('no room')) : land(slices);
  const waiting = new SliceBatches(failing, LIMITS);
  const both = [waiting.add(slice('1')), waiting.add(slice('2'))];
  const other = waiting.add(slice('3', { shard: 's2' }));
  waiting.drain();
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await other).toEqual({ windowId: 'w3' });
});

test('a slice that landing leaves out belongs to another attempt', async () => {
  const waiting = new SliceBatches(async () => new Map([['1', { windowId: 'w1' }]]), LIMITS);
  const both = [waiting.add(slice('1')), waiting.add(slice('2'))];
  waiting.drain();
  expect(await both[0]).toEqual({ windowId: 'w1' });
  await expect(both[1]).rejects.toMatchObject({ code: 'LEDGER_SUPERSEDED_ATTEMPT' });
});

test('a batch that is due takes slices until it is its turn, up to its target', async () => {
  const first = Promise.withResolvers<void>();
  const { batches, land } = recording();
  const waiting = new SliceBatches<CompleteSlice>(async (slices) => {
    if (batches.length === 0) await first.promise;
    return land(slices);
  }, LIMITS);
  const busy = waiting.add(slice('busy', { bytes: 30, shard: 's0' }));
  await new Promise(setImmediate);
  // As large as what may be held: due at once.
  const due = waiting.add(slice('due', { bytes: 1_001, targetBytes: 1_050 }));
  const more = ['more', 'last'].map((id) => waiting.add(slice(id, { bytes: 30, targetBytes: 1_050 })));
  const beyond = waiting.add(slice('beyond', { targetBytes: 1_050 }));
  first.resolve();
  await Promise.all([busy, due, ...more]);
  expect(batches).toEqual([['busy'], ['due', 'more', 'last']]);
  waiting.drain();
  await beyond;
  expect(batches.at(-1)).toEqual(['beyond']);
});
