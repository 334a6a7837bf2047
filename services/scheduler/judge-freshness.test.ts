import { expect, test } from 'vitest';
import { type Bringing, judgeFreshness } from './judge-freshness.ts';

const HOUR = 3_600;
const limits = { error: null, warnAfterSeconds: 12 * HOUR, errorAfterSeconds: 24 * HOUR };
const loadedAt = (hours: number) => ({
  ...limits,
  maxLoadedAt: new Date(Date.parse('2026-03-10T12:00:00Z') - hours * 3_600_000).toISOString(),
});
const now = new Date('2026-03-10T12:00:00Z');
const twelveHourly = { cron: '0 */12 * * *', tz: 'UTC' };

function runs(over: Partial<NonNullable<Bringing['history']>>): Bringing[] {
  const history = { lastLogicalTime: '2026-03-10T00:00:00Z', isOpen: false, usualMs: 600_000, ...over };
  return [{ schedule: twelveHourly, history }];
}

test('age decides: error before warn, and what was never loaded is the oldest', () => {
  expect(judgeFreshness(loadedAt(1), now, [])).toBe('pass');
  expect(judgeFreshness(loadedAt(13), now, [])).toBe('warn');
  expect(judgeFreshness(loadedAt(25), now, [])).toBe('error');
  expect(judgeFreshness({ ...limits, maxLoadedAt: null }, now, [])).toBe('error');
  const unknown = { ...loadedAt(1), error: { code: 'X', message: 'm', actor: 'author' } };
  expect(judgeFreshness(unknown, now, [])).toBe('unknown');
});

test('the run that is due, but not planned yet, suspends the warning', () => {
  const dueNow = runs({});
  expect(judgeFreshness(loadedAt(12.1), now, dueNow)).toBe('suspended');
  expect(judgeFreshness(loadedAt(12.3), new Date('2026-03-10T12:16:00Z'), dueNow)).toBe('warn');
});

test('a run within its usual duration suspends the warning, one beyond it does not', () => {
  const open = runs({ lastLogicalTime: '2026-03-10T12:00:00Z', isOpen: true, usualMs: 3_600_000 });
  expect(judgeFreshness(loadedAt(12.1), new Date('2026-03-10T13:29:00Z'), open)).toBe('suspended');
  expect(judgeFreshness(loadedAt(12.1), new Date('2026-03-10T13:31:00Z'), open)).toBe('warn');
});

test('an error is never suspended, and a run that has ended suspends nothing', () => {
  const open = runs({ lastLogicalTime: '2026-03-10T12:00:00Z', isOpen: true });
  expect(judgeFreshness(loadedAt(24.1), now, open)).toBe('error');
  const ended = runs({ lastLogicalTime: '2026-03-10T12:00:00Z' });
  expect(judgeFreshness(loadedAt(12.1), new Date('2026-03-10T12:05:00Z'), ended)).toBe('warn');
});
