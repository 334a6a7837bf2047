import { expect, test } from 'vitest';
import { dueTimes, nextTimes } from './due-times.ts';

const schedule = (cron: string, tz = 'UTC') => ({ cron, tz, streams: [], layers: [] });
const at = (iso: string) => new Date(iso);

test('nothing is due before the first time after the last', () => {
  expect(
    dueTimes(schedule('0 3 * * *'), at('2026-03-01T03:00:00Z'), at('2026-03-02T02:59:59Z')),
  ).toBeUndefined();
});

test('a time is due at its very instant', () => {
  const due = dueTimes(schedule('0 3 * * *'), at('2026-03-01T03:00:00Z'), at('2026-03-02T03:00:00Z'));
  expect(due).toEqual({ latest: at('2026-03-02T03:00:00Z'), folded: [] });
});

test('missed times fold into the latest', () => {
  const due = dueTimes(schedule('0 * * * *'), at('2026-03-01T00:00:00Z'), at('2026-03-01T03:30:00Z'));
  expect(due?.latest).toEqual(at('2026-03-01T03:00:00Z'));
  expect(due?.folded).toEqual([at('2026-03-01T02:00:00Z'), at('2026-03-01T01:00:00Z')]);
});

test('the zone decides the instant, also over a change of clocks', () => {
  const madrid = schedule('0 6 * * *', 'Europe/Madrid');
  expect(nextTimes(madrid, at('2026-03-28T12:00:00Z'), 1)).toEqual([at('2026-03-29T04:00:00Z')]);
  expect(nextTimes(madrid, at('2026-03-27T12:00:00Z'), 1)).toEqual([at('2026-03-28T05:00:00Z')]);
});

test.each([
  ['skipped by summer time', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z', ['2026-03-29T01:30:00.000Z']],
  ['repeated by winter time', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z', ['2026-10-25T00:30:00.000Z']],
])('a daily time that is %s runs once that day', (_what, last, now, expected) => {
  const due = dueTimes(schedule('30 2 * * *', 'Europe/Madrid'), at(last), at(now));
  expect([due?.latest, ...(due?.folded ?? [])].map((time) => time?.toISOString())).toEqual(expected);
});

test('a repeated time that ran does not come due again in its second hour', () => {
  const madrid = schedule('30 2 * * *', 'Europe/Madrid');
  expect(dueTimes(madrid, at('2026-10-25T00:30:00Z'), at('2026-10-25T01:45:00Z'))).toBeUndefined();
});

test('an hourly schedule runs every hour that passes, also on the days of 23 and of 25', () => {
  const madrid = schedule('0 * * * *', 'Europe/Madrid');
  const hoursOf = (last: string, now: string) =>
    1 + (dueTimes(madrid, at(last), at(now))?.folded.length ?? -1);
  expect(hoursOf('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toBe(23);
  expect(hoursOf('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toBe(25);
});

test('after a long silence the newest time is right and the list bounded', () => {
  const due = dueTimes(schedule('*/5 * * * *'), at('2020-01-01T00:00:00Z'), at('2026-03-01T00:07:00Z'));
  expect(due?.latest).toEqual(at('2026-03-01T00:05:00Z'));
  expect(due?.folded[0]).toEqual(at('2026-03-01T00:00:00Z'));
  expect(due?.folded.length).toBeGreaterThan(90);
  expect(due?.folded.length).toBeLessThan(110);
});
