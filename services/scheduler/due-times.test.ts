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
