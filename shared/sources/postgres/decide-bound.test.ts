import { describe, expect, test } from 'vitest';
import {
  type Activity,
  type BoundDecision,
  decideBound,
  joinBoundStates,
  type SourceBoundState,
} from './decide-bound.ts';

const seconds = (value: number): bigint => BigInt(Math.round(value * 1_000_000));
const MARGIN_MS = 5_000;

function activity(observed: number, ...starts: number[]): Activity {
  const open = starts.map((start, at) => ({
    pid: 100 + at,
    backendType: 'client backend',
    state: 'active',
    startedMicros: seconds(start),
  }));
  return { observedMicros: seconds(observed), open };
}

function decided(previous: SourceBoundState | undefined, seen: Activity, ...xids: string[]): BoundDecision {
  const prepared = xids.map((xid) => ({ xid, gid: `gid-${xid}` }));
  const decision = decideBound(previous, seen, prepared, MARGIN_MS);
  if ('wait' in decision) throw new Error('it waits');
  return decision;
}

describe('decideBound', () => {
  test('an idle source is bounded by the scan less the margin', () => {
    expect(decided(undefined, activity(100))).toMatchObject({
      bound: seconds(95),
      heldBackMs: 0,
      heldBackBy: null,
    });
  });

  test('the oldest transaction bounds, and how long it has held is told without the margin', () => {
    const decision = decided(undefined, activity(100, 80, 60, 90));
    expect(decision).toMatchObject({ bound: seconds(55), heldBackMs: 40_000, heldBackBy: { pid: 101 } });
  });

  test('a transaction that began after the scan did does not raise the bound', () => {
    expect(decided(undefined, activity(100, 100.5)).bound).toBe(seconds(95));
  });

  test('it never goes backwards, and says who began below it', () => {
    const previous = { lastBound: seconds(95), prepared: {} };
    const decision = decided(previous, activity(110, 90));
    expect(decision.bound).toBe(seconds(95));
    expect(decision.beganBelowBound).toMatchObject({ startedMicros: seconds(90) });
    expect(decided(previous, activity(90)).bound).toBe(seconds(95));
  });

  test('a margin raised later does not look like a late transaction', () => {
    const previous = { lastBound: seconds(95), prepared: {} };
    expect(decided(previous, activity(97, 96)).beganBelowBound).toBeNull();
  });

  test('a first reading waits for what is prepared', () => {
    const decision = decideBound(undefined, activity(100), [{ xid: '7', gid: 'g' }], MARGIN_MS);
    expect(decision).toEqual({ wait: [{ xid: '7', gid: 'g' }] });
  });

  test('the bound stays where it was before a prepared xid was first seen, and is freed with it', () => {
    const first = decided(undefined, activity(100));
    const second = decided(first.state, activity(200), '7');
    expect(second).toMatchObject({ bound: seconds(95), heldBackBy: { kind: 'prepared', gid: 'gid-7' } });
    expect(second.state.prepared).toEqual({ '7': seconds(95) });
    const third = decided(second.state, activity(300), '7', '8');
    expect(third.state.prepared).toEqual({ '7': seconds(95), '8': seconds(95) });
    expect(decided(third.state, activity(400), '8').bound).toBe(seconds(95));
    const freed = decided(third.state, activity(400));
    expect(freed).toMatchObject({ bound: seconds(395), state: { prepared: {} } });
  });

  test('two readers at once may store their states in either order', () => {
    const before = { lastBound: seconds(95), prepared: {} };
    const early = decided(before, activity(110, 108));
    const late = decided(before, activity(111), '7');
    expect(joinBoundStates(early.state, late.state)).toEqual(joinBoundStates(late.state, early.state));
    const next = decided(joinBoundStates(early.state, late.state), activity(200), '7');
    expect(next.bound).toBe(early.bound);
  });
});

/**
 * Random histories: transactions begin, stay open, prepare, commit; readers look at instants. Whatever commits after a
 * reading must have begun at or above that reading's bound, else its rows were skipped.
 */
test('no history lets a transaction commit below a bound given out before', () => {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  for (let history = 0; history < 300; history += 1) {
    let previous: SourceBoundState | undefined;
    let live: { start: number; xid: string; prepared: boolean }[] = [];
    for (let now = 0; now < 60; now += 1) {
      if (random(3) === 0) live.push({ start: now, xid: String(history * 100 + now), prepared: false });
      if (random(4) === 0 && live.length > 0) live.splice(random(live.length), 1);
      // A decision below takes place between two instants, so what ends later is still in `live`.
      live = live.map((one) => (random(8) === 0 ? { ...one, prepared: true } : one));
      if (random(4) !== 0) continue;
      const open = live.filter((one) => !one.prepared).map((one) => one.start);
      const prepared = live.filter((one) => one.prepared).map(({ xid }) => ({ xid, gid: xid }));
      const decision = decideBound(previous, activity(now + 0.5, ...open), prepared, 0);
      if ('wait' in decision) continue;
      previous = decision.state;
      for (const one of live) expect(seconds(one.start)).toBeGreaterThanOrEqual(decision.bound);
    }
  }
});
