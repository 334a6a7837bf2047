import { expect, test, vi } from 'vitest';
import { Deadline } from './deadline.ts';

test('fires when its time is over; time in a pause does not count', () => {
  vi.useFakeTimers();
  try {
    const deadline = new Deadline([], 100, () => new Error('late'));
    vi.advanceTimersByTime(60);
    deadline.pause();
    vi.advanceTimersByTime(1_000);
    deadline.resume();
    vi.advanceTimersByTime(39);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toMatchObject({ message: 'late' });
  } finally {
    vi.useRealTimers();
  }
});

test('follows the outer signals, with a reason of its own if wanted', () => {
  const outer = new AbortController();
  const plain = new Deadline([outer.signal], 60_000, () => new Error('late'));
  const named = new Deadline(
    [outer.signal],
    60_000,
    () => new Error('late'),
    () => 'stopped',
  );
  outer.abort('why');
  expect([plain.signal.reason, named.signal.reason]).toEqual(['why', 'stopped']);
  expect(new Deadline([outer.signal], 60_000, () => new Error('late')).signal.reason).toBe('why');
});

test('once cleared it hears nothing and fires no more', () => {
  vi.useFakeTimers();
  try {
    const outer = new AbortController();
    const deadline = new Deadline([outer.signal], 10, () => new Error('late'));
    deadline.clear();
    outer.abort();
    vi.advanceTimersByTime(100);
    expect(deadline.signal.aborted).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
