import { describe, expect, test } from 'vitest';
import { cursorProblems } from '#shared/pipeline/cursor-problems.ts';
import type { CursorDeclaration } from '#shared/pipeline/declaration.ts';
import { floorToDay, MICROS_PER_DAY, microsOfDay } from './cursor-literal.ts';
import { sourceErrors } from './errors.ts';
import { planWindow, type WindowMode } from './plan-window.ts';

const database: CursorDeclaration = {
  expression: 'updated_at',
  type: 'timestamptz',
  setBy: 'database',
  lookBackDays: 0,
  maxFutureDays: 0,
  fullCompareEveryDays: null,
};
const business: CursorDeclaration = {
  expression: 'paid_date',
  type: 'date',
  setBy: 'application',
  lookBackDays: 30,
  maxFutureDays: 10,
  fullCompareEveryDays: 1,
};

const noon = (day: string): bigint => microsOfDay(day) + MICROS_PER_DAY / 2n;
const bound = noon('2026-03-10');
const asOf = '2026-03-10';

function planOf(
  cursor: CursorDeclaration,
  watermark: bigint | null,
  mode: WindowMode = { kind: 'incremental' },
) {
  const version = cursor.setBy === 'database' ? 'cursor-then-ordinal' : 'ordinal';
  return planWindow({ stream: { cursor, version }, watermark, bound, asOf, mode });
}

describe('a cursor set by the database', () => {
  test('reads from the watermark to the bound and moves there', () => {
    const from = noon('2026-03-09');
    expect(planOf(database, from)).toMatchObject({ from, to: bound, nextWatermark: bound, empty: false });
  });

  test('without a watermark reads everything below the bound', () => {
    expect(planOf(database, null)).toMatchObject({ from: null, to: bound, nextWatermark: bound });
  });

  test('a bound below the watermark leaves an empty window and the watermark', () => {
    const watermark = bound + 1n;
    expect(planOf(database, watermark)).toMatchObject({ empty: true, nextWatermark: watermark });
  });

  test('a full refresh and a full comparison move the watermark no differently', () => {
    const watermark = noon('2026-03-09');
    const incremental = planOf(database, watermark);
    for (const kind of ['full', 'full-compare'] as const) {
      const plan = planOf(database, watermark, { kind });
      expect(plan).toMatchObject({
        from: null,
        to: incremental.to,
        nextWatermark: incremental.nextWatermark,
      });
      expect(plan.fullCompare).toBe(kind === 'full-compare');
    }
  });
});

describe('a business date', () => {
  test('overlaps by the look-back, reads into the future, and stops at midnight', () => {
    const plan = planOf(business, microsOfDay('2026-03-09'));
    expect(plan.from).toBe(microsOfDay('2026-02-07'));
    expect(plan.to).toBe(microsOfDay('2026-03-21'));
    expect(plan.nextWatermark).toBe(microsOfDay('2026-03-10'));
  });

  test('a run for a past day does not move the watermark past what it read', () => {
    const stream = { cursor: { ...business, maxFutureDays: 0 }, version: 'ordinal' as const };
    const plan = planWindow({
      stream,
      watermark: null,
      bound,
      asOf: '2026-03-01',
      mode: { kind: 'incremental' },
    });
    expect(plan.nextWatermark).toBe(microsOfDay('2026-03-02'));
    expect(plan.nextWatermark).toBe(plan.to);
  });

  test('a row dated within the look-back of a transaction unseen by the run is in the next window', () => {
    const next = planOf(business, planOf(business, null).nextWatermark);
    for (const lateStart of [bound, bound + 1n, noon('2026-03-11')]) {
      const oldest = floorToDay(lateStart) - BigInt(business.lookBackDays) * MICROS_PER_DAY;
      expect(next.from).toBeLessThanOrEqual(oldest);
    }
  });
});

test('a backfill reads its range and never moves the watermark', () => {
  const range = { from: microsOfDay('2026-01-01'), to: microsOfDay('2026-02-01') };
  const watermark = noon('2026-03-09');
  const plan = planOf(database, watermark, { kind: 'backfill', range });
  expect(plan).toMatchObject({ ...range, nextWatermark: watermark });
});

describe('declarations that could skip rows are refused', () => {
  const problemsOf = (cursor: CursorDeclaration, version: 'ordinal' | 'cursor-then-ordinal' = 'ordinal') =>
    cursorProblems({ cursor, version }).join('\n');

  test('the two good ones have no problem', () => {
    expect(problemsOf(database, 'cursor-then-ordinal')).toBe('');
    expect(problemsOf(business)).toBe('');
  });

  test.each<[string, CursorDeclaration, string]>([
    ['int64', { ...database, type: 'int64' }, 'int64'],
    ['a date set by the database', { ...database, type: 'date' }, "setBy 'application'"],
    ['no look-back', { ...business, lookBackDays: 0 }, 'lookBackDays of at least 1'],
    ['no full comparison', { ...business, fullCompareEveryDays: null }, 'fullCompareEveryDays'],
    ['half a day', { ...business, lookBackDays: 1.5 }, 'whole number'],
    ['a negative future', { ...business, maxFutureDays: -1 }, 'maxFutureDays'],
  ])('%s', (_name, cursor, words) => {
    expect(problemsOf(cursor)).toContain(words);
    const refusal = expect.objectContaining({ code: sourceErrors.unsafeCursor.code });
    expect(() => planOf(cursor, null)).toThrow(refusal);
  });

  test('a version by cursor where a lowered date must win', () => {
    expect(problemsOf(business, 'cursor-then-ordinal')).toContain("must be 'ordinal'");
  });
});
