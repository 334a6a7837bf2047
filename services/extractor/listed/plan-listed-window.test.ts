import { expect, test } from 'vitest';
import { dayMicros, planPeriod, planSnapshot } from './plan-listed-window.ts';

const stream = { tz: 'UTC', firstDays: 3, lateDays: 1 };

test('a first run fetches the days declared, up to yesterday', () => {
  const window = planPeriod(stream, null, new Date('2026-03-10T03:00:00Z'));
  expect(window?.days).toEqual(['2026-03-07', '2026-03-08', '2026-03-09']);
  expect(window?.spec).toMatchObject({ mode: 'full', fromCursor: null, toCursor: dayMicros('2026-03-10') });
});

test('every missed day is fetched, and the late ones before it again', () => {
  const window = planPeriod(stream, dayMicros('2026-03-05'), new Date('2026-03-08T03:00:00Z'));
  expect(window?.days).toEqual(['2026-03-04', '2026-03-05', '2026-03-06', '2026-03-07']);
  expect(window?.spec).toMatchObject({
    fromCursor: dayMicros('2026-03-05'),
    toCursor: dayMicros('2026-03-08'),
  });
});

test('a second run of a day has nothing to fetch', () => {
  expect(planPeriod(stream, dayMicros('2026-03-08'), new Date('2026-03-08T23:00:00Z'))).toBeUndefined();
});

test('days from before what is kept are passed by, and the watermark goes past them', () => {
  const window = planPeriod(stream, dayMicros('2025-12-01'), new Date('2026-03-04T03:00:00Z'), '2026-03-01');
  expect(window?.days).toEqual(['2026-03-01', '2026-03-02', '2026-03-03']);
  expect(window?.spec).toMatchObject({
    fromCursor: dayMicros('2025-12-01'),
    toCursor: dayMicros('2026-03-04'),
  });
  const recent = planPeriod(stream, dayMicros('2026-03-05'), new Date('2026-03-06T03:00:00Z'), '2025-02-01');
  expect(recent?.days).toEqual(['2026-03-04', '2026-03-05']);
});

test('a day ends in the zone of the stream, the day of a change of clocks too', () => {
  const berlin = { ...stream, tz: 'Europe/Berlin' };
  const beforeMidnight = planPeriod(berlin, dayMicros('2026-03-28'), new Date('2026-03-29T21:59:00Z'));
  expect(beforeMidnight?.days).toEqual(['2026-03-27', '2026-03-28']);
  const after = planPeriod(berlin, dayMicros('2026-03-28'), new Date('2026-03-29T22:00:00Z'));
  expect(after?.days).toEqual(['2026-03-27', '2026-03-28', '2026-03-29']);
});

test('a snapshot taken by a clock that went backwards still moves the watermark forwards', () => {
  const watermark = BigInt(Date.parse('2026-03-08T12:00:00Z')) * 1_000n;
  expect(planSnapshot(watermark, new Date('2026-03-08T11:00:00Z')).spec.toCursor).toBe(watermark + 1n);
  expect(planSnapshot(null, new Date(5)).spec).toMatchObject({ mode: 'full', toCursor: 5_000n });
});
