import { expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

function breakerOf(failures: number) {
  const states: string[] = [];
  let now = 0;
  const breaker = new CircuitBreaker({
    failures,
    resetMs: 1_000,
    onChange: (state) => void states.push(state),
    now: () => now,
  });
  const pass = (ms: number): void => {
    now += ms;
  };
  const enter = (slice: string) => {
    const permit = breaker.enter(slice);
    if (permit === undefined) throw new Error('not let through');
    return permit;
  };
  return { breaker, states, enter, pass };
}

test('opens after so many refused connections in a row, and lets nobody through', () => {
  const { breaker, states, enter } = breakerOf(3);
  for (let call = 0; call < 3; call += 1) enter('a').failed('shard');
  expect(states).toEqual(['open']);
  expect(breaker.passable).toBe(false);
  expect(breaker.enter('a')).toBeUndefined();
});

test('an answer in between begins the count anew', () => {
  const { breaker, enter } = breakerOf(3);
  for (let round = 0; round < 5; round += 1) {
    enter('bad').failed('shard');
    enter('bad').failed('slice');
    enter('good').answered();
  }
  expect(breaker.passable).toBe(true);
});

test('one slice that fails alone is counted once, however often it is repeated', () => {
  const { breaker, enter } = breakerOf(3);
  for (let call = 0; call < 50; call += 1) enter('bad').failed('slice');
  expect(breaker.passable).toBe(true);
  enter('second').failed('slice');
  enter('third').failed('slice');
  expect(breaker.passable).toBe(false);
});

test('half-open lets one call through, whose success closes it', () => {
  const { breaker, states, enter, pass } = breakerOf(1);
  enter('a').failed('shard');
  pass(999);
  expect(breaker.passable).toBe(false);
  pass(1);
  const probe = enter('a');
  expect(breaker.enter('b')).toBeUndefined();
  probe.answered();
  expect(breaker.passable).toBe(true);
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

test('a probe that fails opens it for as long again', () => {
  const { breaker, states, enter, pass } = breakerOf(5);
  for (let call = 0; call < 5; call += 1) enter('a').failed('shard');
  pass(1_000);
  enter('a').failed('slice');
  pass(999);
  expect(breaker.passable).toBe(false);
  pass(1);
  expect(breaker.passable).toBe(true);
  expect(states).toEqual(['open', 'half-open', 'open']);
});

test('a probe that was given up leaves the next call to decide', () => {
  const { breaker, enter, pass } = breakerOf(1);
  enter('a').failed('shard');
  pass(1_000);
  enter('a').abandoned();
  enter('b').answered();
  expect(breaker.passable).toBe(true);
});

test('what was on its way when it opened prolongs nothing', () => {
  const { breaker, enter, pass } = breakerOf(1);
  const slow = enter('slow');
  enter('a').failed('shard');
  pass(900);
  slow.failed('shard');
  pass(100);
  expect(breaker.passable).toBe(true);
});
