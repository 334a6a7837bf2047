import { expect, test } from 'vitest';
import { foldSignals, ONE_SIGNAL_MS } from './fold-signals.ts';

function folded() {
  const clock = { now: 0 };
  const heard: string[] = [];
  const raise = foldSignals(
    (signal) => void heard.push(signal),
    () => clock.now,
  );
  return { clock, heard, raise };
}

test('the copies of one Ctrl-C count once, whichever signal they come as', () => {
  const { clock, heard, raise } = folded();
  raise('SIGINT');
  clock.now = 3;
  raise('SIGINT');
  clock.now = ONE_SIGNAL_MS - 1;
  raise('SIGTERM');
  expect(heard).toEqual(['SIGINT']);
});

test('the time counts from the first: a key held down still forces', () => {
  const { clock, heard, raise } = folded();
  for (clock.now = 0; clock.now <= ONE_SIGNAL_MS; clock.now += 50) raise('SIGINT');
  expect(heard).toEqual(['SIGINT', 'SIGINT']);
});
