import { expect, test } from 'vitest';
import { calendarDay } from './calendar-day.ts';

test('as_of is the day in the zone of the schedule', () => {
  const at = new Date('2026-03-02T02:00:00Z');
  expect(calendarDay('America/Sao_Paulo', at)).toBe('2026-03-01');
  expect(calendarDay('UTC', at)).toBe('2026-03-02');
});
